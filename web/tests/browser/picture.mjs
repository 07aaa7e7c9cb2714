// @ts-check
/** What is seen: lights where the projection says, in their colours, the right way round. */

import { startMock } from "../mock/serve.mjs";
import { assert, seek, stateOf, test, withPage } from "./harness.mjs";

/** Middle of the formation "Letter F": a red stem on the left, blue arms to its right. */
const LETTER_MS = 52_000;

/** @typedef {Awaited<ReturnType<typeof startMock>>} Mock */

/** Pixels and drawn colours of the red, the blue and the dark vehicles. @param {import("playwright-core").Page} page @param {Mock} mock */
async function look(page, mock) {
  const colourOf = (/** @type {any} */ v) => v.lights.findLast((/** @type {any} */ k) => k.tMs <= LETTER_MS).rgb;
  const kinds = mock.made.vehicles.map((v) => {
    const [r, , b] = colourOf(v);
    return r > 0 ? "red" : b > 0 ? "blue" : "dark";
  });
  const of = (/** @type {string} */ kind) => kinds.flatMap((k, i) => (k === kind ? [i] : []));
  const chosen = { red: of("red"), blue: of("blue"), dark: of("dark") };
  return page.evaluate((sets) => {
    const k = window.__kapok;
    if (!k) throw new Error("no test port");
    const pixels = (/** @type {number[]} */ vehicles) => vehicles.map((v) => k.pixelOf(v) ?? { xPx: NaN, yPx: NaN });
    const lit = [sets.red, sets.blue].map(pixels);
    // Lights of one colour only: those with no light of the other within some pixels.
    const colours = (/** @type {number[]} */ vehicles, /** @type {{ xPx: number, yPx: number }[]} */ others) => {
      const alone = pixels(vehicles).filter((a) => others.every((b) => Math.hypot(a.xPx - b.xPx, a.yPx - b.yPx) > 12));
      const every = Math.max(1, Math.ceil(alone.length / 6));
      return alone.filter((_, i) => i % every === 0).map(({ xPx, yPx }) => k.look(xPx, yPx, 3)?.peak ?? []);
    };
    return {
      red: lit[0],
      blue: lit[1],
      redColours: colours(sets.red, lit[1]),
      blueColours: colours(sets.blue, lit[0]),
      darkColours: colours(sets.dark, [...lit[0], ...lit[1]]),
    };
  }, chosen);
}

const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;

/** @param {import("playwright-core").Browser} browser @param {Mock} mock */
export async function picture(browser, mock) {
  for (const camera of ["audience", "orbit"]) {
    await test(`picture: lights shine where they are, in their colours (${camera})`, () =>
      withPage(browser, mock.url, { hash: `cam=${camera}&panel=none&layers=dark` }, async (page) => {
        await seek(page, LETTER_MS);
        const seen = await look(page, mock);
        for (const colours of [seen.redColours, seen.blueColours, seen.darkColours]) assert.ok(colours.length > 2);
        for (const [r, g, b] of seen.redColours) assert.ok(r > 180 && r > 1.5 * g && r > 1.5 * b, `red is drawn as ${[r, g, b]}`);
        for (const [r, g, b] of seen.blueColours) assert.ok(b > 180 && b > 1.3 * r && b > 1.2 * g, `blue is drawn as ${[r, g, b]}`);
        // What shines behind a dark vehicle is not its light: the tower, windows.
        await page.keyboard.press("d");
        const behind = (await look(page, mock)).darkColours;
        seen.darkColours.forEach((rgb, i) => {
          const own = rgb.map((v, k) => v - behind[i][k]);
          assert.ok(Math.max(...own) < 80, `a dark vehicle is drawn as ${rgb} before ${behind[i]}`);
        });
      }));
  }

  await test("picture: the letter F is not mirrored and stands upright", () =>
    withPage(browser, mock.url, { hash: "cam=audience&panel=none" }, async (page) => {
      await seek(page, LETTER_MS);
      const { red, blue } = await look(page, mock);
      assert.ok(mean(blue.map((p) => p.xPx)) > mean(red.map((p) => p.xPx)) + 30, "the arms are to the right of the stem");
      assert.ok(mean(blue.map((p) => p.yPx)) < mean(red.map((p) => p.yPx)), "the arms are above the middle of the stem");
    }));

  await test("picture: seen from above, ahead is up and right is right", () =>
    withPage(browser, mock.url, { hash: "cam=top&panel=none" }, async (page) => {
      await seek(page, 0);
      const homes = mock.made.show.vehicles.map((/** @type {any} */ v) => v.home_m);
      const last = homes.length - 1;
      const [a, b] = await page.evaluate((v) => [window.__kapok?.pixelOf(0), window.__kapok?.pixelOf(v)], last);
      assert.ok(a && b);
      assert.equal(Math.sign(b.xPx - a.xPx), Math.sign(homes[last][0] - homes[0][0]));
      assert.equal(Math.sign(a.yPx - b.yPx), Math.sign(homes[last][1] - homes[0][1]));
    }));

  await test("picture: nothing shines where nothing is", () =>
    withPage(browser, mock.url, { hash: "cam=audience&panel=none&layers=" }, async (page) => {
      await seek(page, LETTER_MS);
      const sky = await page.evaluate(() => window.__kapok?.look(innerWidth * 0.92, innerHeight * 0.3, 31));
      assert.ok(sky && Math.max(...sky.mean) < 40, `the sky is ${sky?.mean}`);
    }));

  await test("picture: before the first light key all is dark, and dark vehicles can be hidden", () =>
    withPage(browser, mock.url, { hash: "cam=top&panel=none&layers=dark" }, async (page) => {
      await seek(page, 0);
      const at = await page.evaluate(() => window.__kapok?.pixelOf(500));
      assert.ok(at);
      const shown = await page.evaluate(({ xPx, yPx }) => window.__kapok?.look(xPx, yPx, 3), at);
      await page.keyboard.press("d");
      const hidden = await page.evaluate(({ xPx, yPx }) => window.__kapok?.look(xPx, yPx, 3), at);
      assert.ok(shown && hidden);
      assert.ok(Math.max(...shown.peak) < 140);
      assert.ok(shown.peak[2] > hidden.peak[2] + 6, `shown ${shown.peak}, hidden ${hidden.peak}`);
    }));

  await test("picture: 20,000 vehicles are drawn and played", async () => {
    const large = await startMock({ vehicles: 20_000 });
    try {
      await withPage(browser, large.url, { hash: "cam=audience&t=180" }, async (page) => {
        await page.evaluate(() => window.__kapok?.play(true));
        await page.waitForFunction(() => (window.__kapok?.frames().workMs.length ?? 0) > 12);
        const { tMs } = await stateOf(page);
        assert.ok(tMs > 180_000);
        const { intervalMs, workMs } = await page.evaluate(() => window.__kapok?.frames() ?? { intervalMs: [], workMs: [] });
        const median = (/** @type {number[]} */ v) => v.toSorted((a, b) => a - b)[Math.floor(v.length / 2)].toFixed(1);
        console.log(`      20,000 vehicles: ${median(intervalMs.slice(3))} ms a frame, ${median(workMs.slice(3))} ms of it in scripts`);
      });
    } finally {
      await large.close();
    }
  });
}
