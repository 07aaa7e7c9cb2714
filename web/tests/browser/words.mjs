// @ts-check
/** The page in Chinese: no English word is left but names, units, keys and what the certificate itself says in English. */

import { startMock } from "../mock/serve.mjs";
import { assert, stateOf, test, until, withPage } from "./harness.mjs";

/** Units, keys, names of files and programs. */
const ALLOWED = new Set(
  "Kapok SHA kapok proof mock Space Shift Esc Home End Ctrl min mm ms km kg kB MB GB WGS AMSL JSON WebGL EN".split(" "),
);

/** Texts and labels of all that is shown, without what is marked as English and without names of the show. @param {import("playwright-core").Page} page */
const shownTexts = (page) =>
  page.evaluate(() => {
    /** @type {string[]} */
    const found = [];
    const skip = "[lang=en], code, h1, .labels, .mark, script, style, noscript";
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const parent = node.parentElement;
      if (parent && !parent.closest(skip) && node.textContent?.trim()) found.push(node.textContent.trim());
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [aria-valuetext]")) {
      if (element.closest(skip)) continue;
      for (const name of ["aria-label", "title", "placeholder", "aria-valuetext"]) {
        const text = element.getAttribute(name);
        if (text) found.push(text);
      }
    }
    return found;
  });

/** @param {import("playwright-core").Browser} browser @param {Awaited<ReturnType<typeof import("../mock/serve.mjs").startMock>>} mock */
export async function words(browser, mock) {
  const { show } = mock.made;
  const names = [
    show.title,
    show.file.name,
    show.profile.name,
    ...show.chapters.map((/** @type {any} */ c) => c.name),
    ...show.vehicles.map((/** @type {any} */ v) => v.name),
    ...Object.values(show.environment).flatMap((list) => (Array.isArray(list) ? list.map((e) => e.name ?? "") : [])),
  ].filter(Boolean).sort((a, b) => b.length - a.length);

  /** @param {import("playwright-core").Page} page @param {string} where */
  async function noEnglish(page, where) {
    /** @type {string[]} */
    const left = [];
    for (const text of await shownTexts(page)) {
      const bare = /** @type {string} */ (names.reduce((rest, name) => rest.replaceAll(name, ""), text)).replace(/[0-9a-f]{8,}/g, "");
      const english = (bare.match(/[A-Za-z]{2,}/g) ?? []).filter((word) => !ALLOWED.has(word));
      if (english.length > 0) left.push(text);
    }
    assert.deepEqual(left, [], where);
  }

  await test("words: in Chinese no English is left in any panel, menu or help", () =>
    withPage(browser, mock.url, { locale: "zh-CN", width: 1440, height: 900 }, async (page) => {
      assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-Hans");
      await page.getByRole("tabpanel", { name: "证书" }).getByText("已证明", { exact: true }).waitFor();
      await noEnglish(page, "certificate");
      await page.getByRole("button", { name: /^飞行间距/ }).click();
      await until(page, ({ focus }) => focus !== null);
      await noEnglish(page, "a rule");
      await page.keyboard.press("a");
      await until(page, ({ safety }) => safety === "ready");
      await page.waitForTimeout(300);
      await noEnglish(page, "safety");
      await page.keyboard.press("s");
      await noEnglish(page, "show");
      await page.evaluate(() => window.__kapok?.select(3));
      await page.waitForTimeout(300);
      await noEnglish(page, "vehicle");
      await page.getByRole("button", { name: "视图" }).click();
      await noEnglish(page, "view menu");
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "按键与鼠标" }).waitFor();
      await noEnglish(page, "help");
      await page.keyboard.press("Escape");
      await page.keyboard.press("/");
      await page.keyboard.type("zzzz");
      await page.getByText("没有此名称或序号的飞行器").waitFor();
    }));

  await test("words: what is wrong with a show, and what would mend it, is said in Chinese", async () => {
    const broken = await startMock({ certificate: "violated" });
    try {
      await withPage(browser, broken.url, { locale: "zh-CN", width: 1440, height: 900, hash: "panel=safety" }, async (page) => {
        await until(page, ({ safety }) => safety === "ready");
        await page.waitForTimeout(300);
        await noEnglish(page, "violated safety");
        const help = await page.locator("p.help span").allInnerTexts();
        const said = await page.locator("tr.more p:not(.help)").allInnerTexts();
        assert.ok(said.length > 0 && said.every((text) => /[\u4e00-\u9fff]/.test(text)), `${said}`);
        assert.ok(help.every((text) => /[\u4e00-\u9fff]/.test(text)), `${help}`);
      });
    } finally {
      await broken.close();
    }
  });

  await test("words: the language follows the browser, is switched on the page, and is remembered", () =>
    withPage(browser, mock.url, {}, async (page) => {
      await page.getByRole("tab", { name: "Certificate" }).waitFor();
      await page.getByRole("combobox", { name: "Language" }).selectOption("zh");
      await page.getByRole("tab", { name: "证书" }).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-Hans");
      await page.reload();
      await page.waitForFunction(() => window.__kapok?.ready);
      await page.getByRole("tab", { name: "证书" }).waitFor();
      await page.getByRole("combobox", { name: "语言" }).selectOption("en");
      await page.getByRole("tab", { name: "Certificate" }).waitFor();
      assert.ok((await stateOf(page)).tMs > 0);
    }));
}
