// @ts-check
/**
 * The walk through a show that every show must allow, synthetic or real: play, scrub, select a vehicle, read the
 * certificate, and look at each formation from the audience. Pictures are kept in web/test-results/.
 */

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, seek, stateOf, test, until, withPage } from "./harness.mjs";

const RESULTS = fileURLToPath(new URL("../../test-results/", import.meta.url));

/** @param {import("playwright-core").Browser} browser @param {string} url @param {string} label names the pictures */
export async function walk(browser, url, label) {
  mkdirSync(RESULTS, { recursive: true });

  await test(`${label}: plays and pauses`, () =>
    withPage(browser, url, {}, async (page) => {
      await page.keyboard.press("Space");
      await until(page, ({ playing, tMs }) => playing && tMs > 300);
      await page.getByRole("button", { name: "Pause" }).click();
      const { tMs } = await until(page, ({ playing }) => !playing);
      await page.waitForTimeout(300);
      assert.equal((await stateOf(page)).tMs, tMs);
    }));

  await test(`${label}: scrubs by dragging on the timeline`, () =>
    withPage(browser, url, {}, async (page) => {
      const { durationMs } = await stateOf(page);
      const box = await page.getByRole("slider", { name: "Time" }).boundingBox();
      assert.ok(box);
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + 0.2 * box.width, y);
      await page.mouse.down();
      await until(page, ({ tMs }) => Math.abs(tMs - 0.2 * durationMs) < 0.01 * durationMs);
      await page.mouse.move(box.x + 0.7 * box.width, y, { steps: 5 });
      await until(page, ({ tMs }) => Math.abs(tMs - 0.7 * durationMs) < 0.01 * durationMs);
      await page.mouse.up();
    }));

  await test(`${label}: a click on a light selects its vehicle and draws its charts`, () =>
    withPage(browser, url, { hash: "panel=none" }, async (page) => {
      const { chapters, vehicleCount } = await stateOf(page);
      const formation = chapters.find((/** @type {any} */ c) => c.kind === "formation");
      assert.ok(formation, "the show has a formation");
      await seek(page, (formation.start_ms + formation.end_ms) / 2);
      const pixels = await page.evaluate((n) => Array.from({ length: n }, (_, v) => window.__kapok?.pixelOf(v)), vehicleCount);
      const at = pixels.find((p) => p && p.xPx > 40 && p.xPx < 1200 && p.yPx > 70 && p.yPx < 560);
      assert.ok(at, "a vehicle is in the picture");
      await page.mouse.click(at.xPx, at.yPx);
      const { vehicle } = await until(page, (state) => state.vehicle !== null && state.panel === "vehicle");
      const hit = pixels[vehicle];
      assert.ok(hit && Math.hypot(hit.xPx - at.xPx, hit.yPx - at.yPx) < 3, "the vehicle under the pointer is selected");
      await page.getByRole("img", { name: /^Speed over the show/ }).waitFor();
      await page.getByRole("img", { name: /^Altitude over the show/ }).waitFor();
      await page.getByText("sampled every 0.25 s").waitFor();
      await page.getByRole("img", { name: /neighbour: at least/ }).waitFor();
      await page.screenshot({ path: `${RESULTS}${label}-vehicle.png` });
      await page.keyboard.press("Escape");
      await until(page, (state) => state.vehicle === null);
    }));

  await test(`${label}: the certificate is read, and leads to the worst pair`, () =>
    withPage(browser, url, {}, async (page) => {
      const { certificate } = await stateOf(page);
      assert.ok(certificate, "the server has a certificate");
      const panel = page.getByRole("tabpanel", { name: "Certificate" });
      await panel.getByText({ proved: "Proved", violated: "Violated", undecided: "Undecided" }[/** @type {string} */ (certificate)] ?? "", { exact: true }).waitFor();
      const rule = panel.getByRole("button", { name: /^Separation in flight/ });
      await rule.click();
      const state = await until(page, ({ focus }) => focus !== null);
      assert.equal(state.camera.mode, "orbit");
      await page.locator(".mark-distance span").waitFor();
      assert.equal(await page.locator(".mark-finding").count(), 2);
      // The distance written at the pair is the worst value of the table.
      await page.waitForTimeout(1500);
      const written = Number.parseFloat((await page.locator(".mark-distance span").innerText()).replace(/[^\d.]/g, ""));
      const row = panel.getByRole("row").filter({ has: page.getByRole("button", { name: /^Separation in flight/ }) });
      const worst = Number.parseFloat((await row.getByRole("cell").nth(1).innerText()).replace(/[^\d.]/g, ""));
      assert.ok(Math.abs(written - worst) < 0.01, `the pair is ${written} m apart, the certificate says ${worst} m`);
      await page.screenshot({ path: `${RESULTS}${label}-worst-pair.png` });
    }));

  await test(`${label}: every formation is seen from the audience`, () =>
    withPage(browser, url, { width: 1600, height: 900, hash: "panel=none&layers=dark,reflections" }, async (page) => {
      const { chapters, vehicleCount } = await stateOf(page);
      const formations = chapters.filter((/** @type {any} */ c) => c.kind === "formation");
      assert.ok(formations.length > 0);
      for (const [i, { name, start_ms, end_ms }] of formations.entries()) {
        await seek(page, (start_ms + end_ms) / 2);
        const seen = await page.evaluate((n) => {
          const pixels = Array.from({ length: n }, (_, v) => window.__kapok?.pixelOf(v));
          return pixels.filter((p) => p && p.xPx > 0 && p.xPx < innerWidth && p.yPx > 0 && p.yPx < innerHeight).length;
        }, vehicleCount);
        assert.ok(seen > vehicleCount / 2, `only ${seen} vehicles of "${name}" are in the picture of the audience`);
        const file = `${label}-${String(i + 1).padStart(2, "0")}-${name.replace(/[^\p{L}\p{N}]+/gu, "-")}.png`;
        await page.waitForTimeout(300);
        await page.screenshot({ path: `${RESULTS}${file}` });
      }
    }));
}
