// @ts-check
/** A rehearsal that is recorded by the real command, and replayed beside its plan. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, seek, stateOf, test, until, withPage } from "./harness.mjs";
import { view } from "./live.mjs";

/** @param {import("playwright-core").Browser} browser @param {string} kapok path of the command */
export async function flight(browser, kapok) {
  const folder = mkdtempSync(join(tmpdir(), "kapok-flight-"));
  const run = (/** @type {string[]} */ args) => {
    const { status, stderr } = spawnSync(kapok, args, { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, `kapok ${args.join(" ")}: ${stderr}`);
  };
  run(["new", "show.toml"]);
  run(["plan", "show.toml", "-o", "show.skyc"]);
  run(["rehearse", "show.skyc", "--wind", "6", "--seed", "7", "--record", "flight.mcap"]);
  const server = await view(kapok, [join(folder, "show.skyc"), "--log", join(folder, "flight.mcap")]);
  try {
    await test("flight: lights are where vehicles were, G shows where they should be, the panel has the figures", () =>
      withPage(browser, server.url, { hash: "panel=flight" }, async (page) => {
        const { chapters, vehicleCount } = await stateOf(page);
        const { start_ms, end_ms } = chapters.find((/** @type {any} */ c) => c.kind === "formation");
        const tMs = Math.round((start_ms + end_ms) / 2);
        const drawn = () => page.evaluate((count) => Array.from({ length: count }, (_, v) => window.__kapok?.positionOf(v) ?? []), Number(vehicleCount));
        const apart = (/** @type {number[][]} */ a, /** @type {number[][]} */ b) => a.map((p, v) => Math.hypot(...p.map((x, k) => x - b[v][k])));
        await until(page, ({ flown }) => flown === null);
        await seek(page, tMs);
        await page.getByText("Lights are where the simulation had the vehicles").waitFor();
        await page.waitForTimeout(600);
        await seek(page, tMs);
        const flown = await drawn();
        await page.keyboard.press("g");
        await until(page, (state) => state.flown === false);
        await page.getByText("The plan is shown.").waitFor();
        await seek(page, tMs);
        const planned = await drawn();
        const off = apart(flown, planned);
        const farthest = Math.max(...off);
        assert.ok(farthest > 0.05 && farthest < 3, `in 6 m/s they are off their places, and not far: ${farthest} m`);
        assert.ok(off.filter((m) => m > 0.02).length > 0.8 * Number(vehicleCount), "nearly all");

        const panel = page.getByRole("tabpanel");
        const words = await panel.innerText();
        assert.match(words, /Wind\s+[\d.]+\sm\/s towards \d+°/u);
        // The panel tells of the frame at or before the instant: at most half a second away.
        const told = Number(/Farthest from the plan\s+\S+ ([\d.]+)\sm/u.exec(words)?.[1]);
        assert.ok(Math.abs(told - farthest) < 0.5, `the panel says ${told} m, the picture ${farthest} m`);
        assert.match(await page.evaluate(() => location.hash), /panel=flight/);
      }));

    await test("flight: without a log there is no panel for it", async () => {
      const plain = await view(kapok, [join(folder, "show.skyc")]);
      try {
        await withPage(browser, plain.url, {}, async (page) => {
          await page.getByRole("tab", { name: "Show" }).waitFor();
          assert.equal(await page.getByRole("tab", { name: "Flight" }).count(), 0);
          assert.equal(await page.getByRole("button", { name: "Show what was flown" }).count(), 0);
        });
      } finally {
        await plain.end();
      }
    });
  } finally {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
