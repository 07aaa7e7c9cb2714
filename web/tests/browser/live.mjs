// @ts-check
/** A script that is edited on the disk, seen in the browser: pictures, verdict, mistakes, a server that ends and comes back. */

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, PATIENCE_MS, stateOf, test, until, withPage } from "./harness.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** Starts `kapok view` and waits for its address. @param {string} kapok @param {string[]} args @returns {Promise<{ url: string, end: () => Promise<void> }>} */
export async function view(kapok, args) {
  const child = spawn(kapok, ["view", ...args, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (part) => {
      text += String(part);
      const found = /"url":"([^"]+)"/.exec(text);
      if (found) resolve(found[1]);
    });
    child.once("exit", (code) => reject(new Error(`kapok view ended with ${code}: ${text}`)));
  });
  return {
    url,
    end: async () => {
      child.kill();
      await ended;
    },
  };
}

/** Waits until what the page knows of the show holds. @param {Page} page @param {(live: any) => boolean} holds */
const untilLive = (page, holds) => until(page, (state) => holds(state.live ?? {}));

/** As editors save: a new file takes the place of the old one. @param {string} path @param {string} text */
function save(path, text) {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** @param {import("playwright-core").Browser} browser @param {string} kapok path of the command */
export async function live(browser, kapok) {
  const folder = mkdtempSync(join(tmpdir(), "kapok-live-"));
  const path = join(folder, "show.toml");
  await new Promise((resolve, reject) => {
    spawn(kapok, ["new", path], { stdio: "ignore" }).once("exit", (code) => (code === 0 ? resolve(0) : reject(new Error(`kapok new: ${code}`))));
  });
  const script = readFileSync(path, "utf8");
  const edited = script.replace('text = "HI"', 'text = "OH"');
  assert.notEqual(edited, script, "the starter has the word");
  let server = await view(kapok, [path]);
  const port = new URL(server.url).port;
  try {
    await test("live: an edit on the disk is seen at once, its verdict follows, time and camera stay", () =>
      withPage(browser, server.url, {}, async (page) => {
        await untilLive(page, ({ standing, work }) => standing === "judged" && work === "idle");
        await page.keyboard.press("2");
        const { chapters } = await stateOf(page);
        const word = chapters.find((/** @type {any} */ c) => c.name === "Hello");
        await page.evaluate((tMs) => window.__kapok?.seek(tMs), Math.round((word.start_ms + word.end_ms) / 2));
        await page.mouse.move(500, 300);
        await page.mouse.down();
        await page.mouse.move(620, 330, { steps: 4 });
        await page.mouse.up();
        const before = await stateOf(page);
        assert.equal(before.certificate, "proved");
        const drawn = () => page.evaluate((count) => Array.from({ length: count }, (_, v) => window.__kapok?.positionOf(v)), Number(before.vehicleCount));
        const wasDrawn = await drawn();
        const saved = Date.now();
        save(path, edited);
        const pictures = await untilLive(page, ({ version }) => version > before.live.version);
        const sawMs = Date.now() - saved;
        console.log(`      pictures after ${sawMs} ms`);
        assert.ok(["pictures", "motion", "judged"].includes(pictures.live.standing));
        const after = await untilLive(page, ({ standing, version }) => standing === "judged" && version > before.live.version);
        console.log(`      verdict after ${Date.now() - saved} ms`);
        assert.equal(after.certificate, "proved");
        assert.equal(after.tMs, before.tMs, "time stays");
        await page.waitForTimeout(200);
        const moved = (await drawn()).filter((at, v) => Math.hypot(...[0, 1, 2].map((k) => (at?.[k] ?? NaN) - (wasDrawn[v]?.[k] ?? NaN))) > 0.5).length;
        assert.ok(moved > 0.3 * Number(before.vehicleCount), `the new word is drawn: ${moved} lights stand elsewhere`);
        assert.equal(after.camera.mode, "orbit");
        after.camera.numbers.forEach((/** @type {number} */ n, /** @type {number} */ i) =>
          assert.ok(Math.abs(n - before.camera.numbers[i]) < 0.02, `the camera stays: ${after.camera.numbers} after ${before.camera.numbers}`),
        );
      }));

    await test("live: a mistake is shown with line and caret, the last good show stays, and the mend takes it away", () =>
      withPage(browser, server.url, {}, async (page) => {
        const { live } = await untilLive(page, ({ standing, work }) => standing === "judged" && work === "idle");
        save(path, edited.replace("hold_s = 8", "hold = 8"));
        const alert = page.getByRole("alert", { name: "What is wrong" });
        await alert.waitFor();
        const text = await alert.innerText();
        const line = edited.split("\n").indexOf("hold_s = 8") + 1;
        assert.ok(line > 0 && text.includes(`show.toml:${line}:1`), text);
        assert.match(text, /did you mean `hold_s`\?/);
        assert.match(text, /\n\^\^\^\^\n?/, "a caret below each letter");
        assert.equal((await stateOf(page)).live.version, live.version, "the last good show stays");
        save(path, script);
        await alert.waitFor({ state: "detached" });
        await untilLive(page, ({ standing, version }) => standing === "judged" && version > live.version);
      }));

    await test("live: two windows both follow", () =>
      withPage(browser, server.url, {}, (one) =>
        withPage(browser, server.url, {}, async (two) => {
          const { live } = await untilLive(one, ({ standing }) => standing === "judged");
          save(path, edited);
          for (const page of [one, two]) await untilLive(page, ({ standing, version }) => standing === "judged" && version > live.version);
        }),
      ));

    await test("live: the page says that the server is gone, and goes on when it is back", () =>
      withPage(browser, server.url, { allowErrors: true }, async (page) => {
        await untilLive(page, ({ standing }) => standing === "judged");
        await server.end();
        await page.getByText("The Kapok server is gone").waitFor();
        await page.keyboard.press("ArrowRight");
        server = await view(kapok, [path, "--port", port]);
        await page.getByText("The Kapok server is gone").waitFor({ state: "detached" });
        await untilLive(page, ({ standing, work }) => standing === "judged" && work === "idle");
        save(path, script);
        await untilLive(page, ({ work }) => work !== "idle");
        await untilLive(page, ({ standing, work }) => standing === "judged" && work === "idle");
      }));

    await test("live: a script that is dropped opens, and says which art is missing", () =>
      withPage(browser, server.url, { allowErrors: true }, async (page) => {
        await untilLive(page, ({ standing, work }) => standing === "judged" && work === "idle");
        /** @param {string} name @param {string} text */
        const drop = async (name, text) => {
          const data = await page.evaluateHandle(([name, text]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], name));
            return transfer;
          }, [name, text]);
          await page.dispatchEvent("body", "drop", { dataTransfer: data });
        };
        await drop("art.toml", script.replace(/source = \{ kind = "text"[^}]*\}/, 'source = { kind = "svg", file = "swan.svg", height_m = 26 }'));
        const alert = page.getByRole("alert", { name: "What is wrong" });
        await alert.waitFor();
        assert.match(await alert.innerText(), /there is no file "swan\.svg"/);
        await drop("other.toml", script.replace(/title = "[^"]*"/, 'title = "Dropped"'));
        await page.waitForFunction(() => document.title.startsWith("Dropped"), null, { timeout: PATIENCE_MS });
        await untilLive(page, ({ standing }) => standing === "judged");
      }));
  } finally {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
