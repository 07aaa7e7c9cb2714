// @ts-check
/** The page around the picture: keys, search, layers, links, layout, names for screen readers. */

import { startMock } from "../mock/serve.mjs";
import { assert, seek, stateOf, test, until, withPage } from "./harness.mjs";

/** @param {import("playwright-core").Browser} browser @param {string} url */
export async function page(browser, url) {
  await test("page: scenes with text say how well they are read, and what would do, in both languages", async () => {
    for (const [locale, parts] of /** @type {[string, string[]][]} */ ([
      ["en-GB", ["readability 0.93", "readability 0.62, hard to read: 1\u202f200 vehicles would do", "readability 0.71, hard to read"]],
      ["zh-CN", ["可读性 0.93", "可读性 0.62，难以看清：1\u202f200 架即可", "可读性 0.71，难以看清"]],
    ])) {
      await withPage(browser, url, { locale }, async (page) => {
        await page.keyboard.press("s");
        const notes = page.locator(".reading");
        await notes.first().waitFor();
        assert.deepEqual(await notes.allInnerTexts(), parts);
        assert.deepEqual(await page.locator(".reading.hard").count(), 2);
      });
    }
  });

  await test("page: the keyboard steps, jumps between chapters and changes speed and camera", () =>
    withPage(browser, url, {}, async (page) => {
      const press = async (/** @type {string} */ key, /** @type {(state: any) => boolean} */ holds) => {
        await page.keyboard.press(key);
        await until(page, holds);
      };
      await press("Home", ({ tMs }) => tMs === 0);
      await press("ArrowRight", ({ tMs }) => tMs === 1000);
      await press("Shift+ArrowRight", ({ tMs }) => tMs === 11_000);
      await press("ArrowLeft", ({ tMs }) => tMs === 10_000);
      await press("]", ({ tMs }) => tMs === 24_000);
      await press("]", ({ tMs }) => tMs === 40_000);
      await press("[", ({ tMs }) => tMs === 24_000);
      await press("End", ({ tMs, durationMs }) => tMs === durationMs);
      await press("Home", ({ tMs }) => tMs === 0);
      await press(".", ({ speed }) => speed === 2);
      await press(",", ({ speed }) => speed === 1);
      await press("3", ({ camera }) => camera.mode === "top");
      await press("4", ({ camera }) => camera.mode === "side");
      await press("2", ({ camera }) => camera.mode === "orbit");
      await press("1", ({ camera }) => camera.mode === "audience");
      await press("o", ({ layers }) => !layers.includes("keepouts"));
      await press("o", ({ layers }) => layers.includes("keepouts"));
      await press("f", ({ layers }) => !layers.includes("fence"));
    }));

  await test("page: the timeline is a slider that says where it is", () =>
    withPage(browser, url, {}, async (page) => {
      const slider = page.getByRole("slider", { name: "Time" });
      await slider.focus();
      await page.keyboard.press("Home");
      await page.keyboard.press("]");
      await page.keyboard.press("]");
      await until(page, ({ tMs }) => tMs === 40_000);
      assert.equal(await slider.getAttribute("aria-valuenow"), "40");
      assert.match((await slider.getAttribute("aria-valuetext")) ?? "", /40 seconds, Letter F/);
    }));

  await test("page: a vehicle is found by name and by index", () =>
    withPage(browser, url, {}, async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("K0042");
      await page.getByRole("option", { name: "K0042" }).waitFor();
      await page.keyboard.press("Enter");
      await until(page, ({ vehicle, panel }) => vehicle === 41 && panel === "vehicle");
      await page.keyboard.press("/");
      await page.keyboard.type("17");
      await page.keyboard.press("Enter");
      await until(page, ({ vehicle }) => vehicle === 17);
      await page.keyboard.press("/");
      await page.keyboard.type("no such");
      await page.getByText("No vehicle of that name").waitFor();
      // Enter does not take the answer away.
      await page.keyboard.press("Enter");
      await page.waitForTimeout(100);
      assert.ok(await page.getByText("No vehicle of that name").isVisible());
    }));

  await test("page: a click in a chart seeks", () =>
    withPage(browser, url, { hash: "sel=3" }, async (page) => {
      const chart = page.locator(".u-over").first();
      const box = await chart.boundingBox();
      assert.ok(box);
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      const { durationMs } = await stateOf(page);
      await until(page, ({ tMs }) => Math.abs(tMs - durationMs / 2) < 0.02 * durationMs);
    }));

  await test("page: the camera is moved by drag and wheel", () =>
    withPage(browser, url, { hash: "cam=orbit&panel=none" }, async (page) => {
      const before = (await stateOf(page)).camera.numbers;
      await page.mouse.move(500, 300);
      await page.mouse.down();
      await page.mouse.move(620, 330, { steps: 6 });
      await page.mouse.up();
      const turned = (await until(page, ({ camera }) => camera.numbers[3] !== before[3])).camera.numbers;
      assert.deepEqual(turned.slice(0, 3), before.slice(0, 3));
      await page.mouse.wheel(0, 240);
      await until(page, ({ camera }) => camera.numbers[5] > turned[5] * 1.1);
    }));

  await test("page: a link restores the view", () =>
    withPage(browser, url, {}, async (page) => {
      await page.keyboard.press("2");
      await seek(page, 98_250);
      await page.keyboard.press("/");
      await page.keyboard.type("K0100");
      await page.keyboard.press("Enter");
      await page.keyboard.press(".");
      await page.keyboard.press("n");
      await page.mouse.move(500, 300);
      await page.mouse.wheel(0, -240);
      await until(page, ({ vehicle, layers }) => vehicle === 99 && layers.includes("labels"));
      await page.waitForTimeout(1200);
      const hash = new URL(page.url()).hash.slice(1);
      const before = await stateOf(page);
      await withPage(browser, url, { hash }, async (other) => {
        const after = await stateOf(other);
        for (const key of ["tMs", "speed", "vehicle", "panel", "layers"]) assert.deepEqual(after[key], before[key], key);
        assert.equal(after.camera.mode, before.camera.mode);
        after.camera.numbers.forEach((/** @type {number} */ n, /** @type {number} */ i) =>
          assert.ok(Math.abs(n - before.camera.numbers[i]) < 0.02, `camera number ${i}`),
        );
      });
    }));

  await test("page: violations are listed and flown to", async () => {
    const violated = await startMock({ vehicles: 200, certificate: "violated" });
    try {
      await withPage(browser, violated.url, {}, async (page) => {
        await page.getByRole("heading", { name: /3 violations/ }).waitFor();
        await page.getByRole("button", { name: /0:41\.0/ }).click();
        const { tMs, focus, camera } = await until(page, (state) => state.focus !== null);
        assert.equal(tMs, 41_000);
        assert.deepEqual(focus, { rule: "separation", witness: 0 });
        assert.equal(camera.mode, "orbit");
      });
    } finally {
      await violated.close();
    }
  });

  await test("page: the help lists the keys and closes with Escape", () =>
    withPage(browser, url, {}, async (page) => {
      await page.keyboard.press("?");
      const dialog = page.getByRole("dialog", { name: "Keys and mouse" });
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
      // And opens again.
      await page.getByRole("button", { name: "Help" }).click();
      await dialog.waitFor();
    }));

  await test("page: every control has a name and can be reached by Tab", () =>
    withPage(browser, url, { hash: "sel=3" }, async (page) => {
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll("button, input, select, [role=slider], [role=img]")]
          .filter((e) => !(e.getAttribute("aria-label") || e.textContent?.trim() || e.closest("label")?.textContent?.trim()))
          .map((e) => e.outerHTML.slice(0, 120)),
      );
      assert.deepEqual(nameless, []);
      const reached = new Set();
      /** @type {string[]} */
      const order = [];
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press("Tab");
        const name = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim() ?? "");
        reached.add(name);
        order.push(name);
      }
      assert.ok(order.indexOf("Play") < 4, `Play is an early stop: ${order.slice(0, 8).join(", ")}`);
      for (const name of ["Audience", "View", "Help", "Vehicle", "Play", "Time"]) {
        assert.ok(reached.has(name), `${name} is reached by Tab; reached were ${[...reached].join(", ")}`);
      }
    }));

  for (const [width, height] of [
    [390, 844],
    [844, 390],
    [820, 1180],
    [900, 640],
    [1280, 720],
    [1440, 900],
    [1920, 1080],
  ]) {
    await test(`page: nothing sticks out or overlaps at ${width} × ${height}`, () =>
      withPage(browser, url, { width, height }, async (page) => {
        const wrong = await page.evaluate(() => {
          const found = [];
          if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
          const boxes = [...document.querySelectorAll("header > *, aside, .timeline")].map((e) => ({
            name: `${e.tagName}.${e.className}`,
            box: e.getBoundingClientRect(),
          }));
          for (const { name, box } of boxes) {
            if (box.left < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5) found.push(`${name} sticks out`);
          }
          const buttons = [...document.querySelectorAll("header button, header input")].map((e) => ({
            name: e.getAttribute("aria-label") ?? e.textContent?.trim() ?? "",
            box: e.getBoundingClientRect(),
          }));
          for (const [i, a] of buttons.entries()) {
            for (const b of buttons.slice(i + 1)) {
              const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
              const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
              if (across > 1 && down > 1) found.push(`${a.name} and ${b.name} overlap`);
            }
          }
          return found;
        });
        assert.deepEqual(wrong, []);
      }));
  }
}
