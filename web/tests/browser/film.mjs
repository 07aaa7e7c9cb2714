// @ts-check
/**
 * The stage beside films: the picture of the page and a frame of `kapok render`, from one camera at one instant, are the same
 * picture within the bounds that docs/viewer.md states.
 */

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, seek, test, withPage } from "./harness.mjs";

const RESULTS = fileURLToPath(new URL("../../test-results/", import.meta.url));
const SITE = fileURLToPath(new URL("film-site.toml", import.meta.url));
const SHOWS = fileURLToPath(new URL("../../../shows/", import.meta.url));
/** Shows in which lights are close or move: compared as a whole. */
const SAMPLES = ["dragon-field", "pagoda"];
const MOODS = ["day", "dusk", "night", "hall"];
/** Bars of the page above and below the picture: a window so much higher has all of the frame in its free part. */
const barsOf = (/** @type {number} */ width) => ({ top: width > 760 ? 52 : 92, bottom: 122 });

/** Greatest distance of a lamp in the one from that in the other, and of both from where the projection has it; pixels. */
const LIGHT_PX = 1;
/** Greatest difference of the light around a lamp, as a share of it; of its colour, as a share of its brightest channel. */
const LIGHT_SHARE = 0.1;
const HUE_SHARE = 0.05;
/** Greatest difference of the means of squares of 16 pixels in 95 of 100, and of all pixels in the mean; levels of 255. */
const SQUARE_LEVELS = 4;
const MEAN_LEVELS = 1.5;

/** What the page sees of both pictures. @typedef {{ mean: number, squares: number[], lights: { film: number[], stage: number[], awayPx: number, offPx: number }[], shown: string }} Seen */

/** @param {string} kapok @param {string[]} args */
function run(kapok, args) {
  const { status, stderr } = spawnSync(kapok, args, { encoding: "utf8" });
  assert.equal(status, 0, `kapok ${args.join(" ")}: ${stderr}`);
}

/**
 * Compares the free part of the page's picture with a frame of the same size.
 * @param {import("playwright-core").Page} page @param {string} png base64 @param {number} width @param {number} height @param {number} top
 * @returns {Promise<Seen>}
 */
const compare = (page, png, width, height, top) =>
  page.evaluate(async ({ png, width, height, top }) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 2 * width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const snapshot = window.__kapok?.snapshot();
    if (!context || !snapshot) throw new Error("no picture");
    context.drawImage(image, 0, 0);
    context.putImageData(snapshot, width, -top, 0, top, width, height);
    const film = context.getImageData(0, 0, width, height).data;
    const stage = context.getImageData(width, 0, width, height).data;
    const linear = (/** @type {number} */ v) => (v / 255) ** 2.2;

    let sum = 0;
    const squares = [];
    const side = 16;
    for (let y = 0; y + side <= height; y += side) {
      for (let x = 0; x + side <= width; x += side) {
        const means = [0, 0, 0];
        for (let k = 0; k < side * side; k++) {
          const at = 4 * ((y + Math.floor(k / side)) * width + x + (k % side));
          for (let c = 0; c < 3; c++) {
            means[c] += film[at + c] - stage[at + c];
            sum += Math.abs(film[at + c] - stage[at + c]);
          }
        }
        squares.push(Math.max(...means.map((m) => Math.abs(m) / side / side)));
      }
    }

    // The middle of each lamp, and the sum of its light over 9 pixels, in both.
    const bright = (/** @type {Uint8ClampedArray} */ data, /** @type {number} */ x, /** @type {number} */ y) => {
      const at = 4 * (y * width + x);
      return linear(data[at]) + linear(data[at + 1]) + linear(data[at + 2]);
    };
    const around = (/** @type {Uint8ClampedArray} */ data, /** @type {number} */ x, /** @type {number} */ y) => {
      const total = [0, 0, 0];
      let [weight, mx, my] = [0, 0, 0];
      for (let v = y - 4; v <= y + 4; v++) {
        for (let u = x - 4; u <= x + 4; u++) {
          const at = 4 * (v * width + u);
          for (let c = 0; c < 3; c++) total[c] += linear(data[at + c]);
          const w = bright(data, u, v) ** 2;
          weight += w;
          mx += w * u;
          my += w * v;
        }
      }
      return { total, x: mx / weight, y: my / weight };
    };
    const vehicles = Number(window.__kapok?.state().vehicleCount);
    const all = Array.from({ length: vehicles }, (_, v) => window.__kapok?.pixelOf(v) ?? { xPx: NaN, yPx: NaN }).map(({ xPx, yPx }) => ({ x: xPx, y: yPx - top }));
    const lights = all.flatMap(({ x, y }, i) => {
      const inside = x > 8 && x < width - 8 && y > 8 && y < height - 8;
      const alone = all.every((q, k) => k === i || Math.hypot(q.x - x, q.y - y) > 14);
      if (!inside || !alone) return [];
      const [a, b] = [film, stage].map((data) => around(data, Math.floor(x), Math.floor(y)));
      return [{ film: a.total, stage: b.total, awayPx: Math.hypot(a.x - b.x, a.y - b.y), offPx: Math.hypot(a.x + 0.5 - x, a.y + 0.5 - y) }];
    });
    return { mean: sum / (3 * width * height), squares, lights, shown: canvas.toDataURL("image/png").split(",")[1] };
  }, { png, width, height, top });

/**
 * Serves a show file, and ends the server after the body.
 * @param {string} kapok @param {string} show @param {(url: string) => Promise<void>} body
 */
async function served(kapok, show, body) {
  const child = spawn(kapok, ["view", show, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const url = await new Promise((resolve, reject) => {
      let text = "";
      child.stdout.on("data", (part) => {
        text += String(part);
        const found = /"url":"([^"]+)"/.exec(text);
        if (found) resolve(found[1]);
      });
      child.once("exit", (code) => reject(new Error(`kapok view ended with ${code}: ${text}`)));
    });
    await body(url);
  } finally {
    child.kill();
    await ended;
  }
}

/** @param {import("playwright-core").Browser} browser @param {string} kapok path of the command */
export async function film(browser, kapok) {
  mkdirSync(RESULTS, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "kapok-film-"));

  /**
   * The middle of a scene in both. `apart`: at least so many lamps stand apart and are compared one by one.
   * @param {string} url @param {string} show @param {{ label: string, scene: number, width: number, height: number, mood: string, apart: number, camera?: string }} what
   */
  const same = (url, show, { label, scene, width, height, mood, apart, camera = "audience" }) =>
    test(`film: ${label}, ${mood}, ${camera}, ${width} × ${height}: the page and kapok render show the same`, () => {
      const bars = barsOf(width);
      return withPage(browser, url, { hash: `cam=${camera}&panel=none&layers=dark,reflections&mood=${mood}`, width, height: height + bars.top + bars.bottom }, async (page) => {
        const tMs = await page.evaluate((k) => {
          const chapters = /** @type {any[]} */ (window.__kapok?.state().chapters).filter(({ kind }) => kind === "formation");
          return Math.round((chapters[k].start_ms + chapters[k].end_ms) / 2);
        }, scene);
        await seek(page, tMs);
        const name = `${label.replaceAll(" ", "-")}-${mood}-${camera}-${width}`;
        const out = join(folder, `${name}.png`);
        run(kapok, ["render", show, "--at", String(tMs / 1000), "--mood", mood, "--camera", camera, "--size", `${width}x${height}`, "-o", out]);
        const { mean, squares, lights, shown } = await compare(page, readFileSync(out).toString("base64"), width, height, bars.top);
        writeFileSync(join(RESULTS, `film-${name}.png`), Buffer.from(shown, "base64"));
        const worst = (/** @type {number[]} */ values) => values.toSorted((a, b) => a - b)[Math.floor(0.95 * (values.length - 1))] ?? 0;
        const sum = (/** @type {number[]} */ rgb) => rgb[0] + rgb[1] + rgb[2];
        const share = worst(lights.map(({ film, stage }) => Math.abs(sum(film) - sum(stage)) / sum(film)));
        const hue = worst(lights.map(({ film, stage }) => Math.max(...film.map((v, k) => Math.abs(v / Math.max(...film) - stage[k] / Math.max(...stage))))));
        const away = worst(lights.map(({ awayPx, offPx }) => Math.max(awayPx, offPx)));
        const most = worst(squares);
        console.log(`      ${lights.length} lamps: ${away.toFixed(2)} px, light ${share.toFixed(3)}, hue ${hue.toFixed(3)}; squares ${most.toFixed(1)}, mean ${mean.toFixed(2)}`);
        assert.ok(lights.length >= apart, `only ${lights.length} lamps stand apart`);
        if (apart > 0) {
          assert.ok(away <= LIGHT_PX, `lamps are ${away} px away`);
          assert.ok(share <= LIGHT_SHARE, `the light of lamps differs by ${share}`);
          assert.ok(hue <= HUE_SHARE, `the colour of lamps differs by ${hue}`);
        }
        assert.ok(most <= SQUARE_LEVELS, `squares differ by ${most} levels`);
        assert.ok(mean <= MEAN_LEVELS, `pixels differ by ${mean} levels in the mean`);
      });
    });

  try {
    const site = join(folder, "site.skyc");
    run(kapok, ["plan", SITE, "-o", site]);
    await served(kapok, site, async (url) => {
      for (const mood of MOODS) await same(url, site, { label: "site", scene: 0, width: 1280, height: 720, mood, apart: 30 });
      await same(url, site, { label: "site", scene: 0, width: 600, height: 800, mood: "night", apart: 30 });
      for (const camera of ["orbit", "top", "side"]) await same(url, site, { label: "site", scene: 0, width: 1280, height: 720, mood: "night", camera, apart: 0 });
    });
    for (const sample of SAMPLES) {
      const show = join(folder, `${sample}.skyc`);
      run(kapok, ["plan", join(SHOWS, `${sample}.toml`), "-o", show]);
      await served(kapok, show, async (url) => {
        for (const scene of [0, 1]) await same(url, show, { label: `${sample} ${scene + 1}`, scene, width: 1280, height: 720, mood: "night", apart: 0 });
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
