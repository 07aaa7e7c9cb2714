// @ts-check
/** Cameras, light of the place, sizes, keys: what is drawn is held against a projection computed here, by hand. */

import { startMock } from "../mock/serve.mjs";
import { positionOf } from "../mock/show.mjs";
import { assert, seek, stateOf, test, until, withPage } from "./harness.mjs";

/** Middle of the formation "Letter F". */
const LETTER_MS = 52_000;
/** As in pages/viewer/Picture.svelte: what bars cover of a window of more than 760 px without panels. */
const BARS = { top: 52, bottom: 122 };
const DEGREE = Math.PI / 180;

/** @typedef {Awaited<ReturnType<typeof startMock>>} Mock */
/** @typedef {{ eye: number[], yaw: number, pitch: number, fov: number }} Pose degrees; yaw from +y to +x, fov vertical */

/** The pixel of a point, from the definition of a pinhole camera. @param {Pose} pose @param {number[]} p @param {number} width @param {number} height */
function pixel({ eye, yaw, pitch, fov }, p, width, height) {
  const [sy, cy, sp, cp] = [Math.sin(yaw * DEGREE), Math.cos(yaw * DEGREE), Math.sin(pitch * DEGREE), Math.cos(pitch * DEGREE)];
  const [x, y, z] = p.map((v, k) => v - eye[k]);
  const depth = sy * cp * x + cy * cp * y + sp * z;
  const right = cy * x - sy * y;
  const up = -sy * sp * x - cy * sp * y + cp * z;
  const focal = height / 2 / Math.tan((fov * DEGREE) / 2);
  return { xPx: width / 2 + (focal * right) / depth, yPx: (height + BARS.top - BARS.bottom) / 2 - (focal * up) / depth };
}

/** The pose that the numbers of a camera stand for. @param {string} mode @param {number[]} n @param {Mock} mock @param {number} vehicle @param {number} height of the window, pixels @returns {Pose} */
function poseOf(mode, n, mock, vehicle, height) {
  const turn = (/** @type {number} */ yaw, /** @type {number} */ pitch, /** @type {number} */ distance, /** @type {number[]} */ target) => {
    const ahead = [Math.sin(yaw * DEGREE) * Math.cos(pitch * DEGREE), Math.cos(yaw * DEGREE) * Math.cos(pitch * DEGREE), Math.sin(pitch * DEGREE)];
    return target.map((v, k) => v - distance * ahead[k]);
  };
  // The free part of the window has these fields of view.
  const whole = (/** @type {number} */ fov) => (2 / DEGREE) * Math.atan((Math.tan((fov * DEGREE) / 2) * height) / (height - BARS.top - BARS.bottom));
  const far = (/** @type {number} */ extent) => extent / 2 / Math.tan(5 * DEGREE);
  const middle = 60;
  switch (mode) {
    case "audience":
      return { eye: mock.made.show.environment.audiences[0].eye_m, yaw: n[0], pitch: n[1], fov: n[2] };
    case "orbit":
      return { eye: turn(n[3], n[4], n[5], n.slice(0, 3)), yaw: n[3], pitch: n[4], fov: whole(42) };
    case "top":
      return { eye: [n[0], n[1], middle + far(n[2])], yaw: 0, pitch: -90, fov: whole(10) };
    case "side":
      return { eye: [far(n[2]), n[0], n[1]], yaw: -90, pitch: 0, fov: whole(10) };
    case "free":
      return { eye: n.slice(0, 3), yaw: n[3], pitch: n[4], fov: 60 };
    default:
      return { eye: positionOf(mock.made.vehicles[vehicle], LETTER_MS), yaw: n[0], pitch: n[1], fov: 72 };
  }
}

/** Hashes that set each camera by hand. */
const CAMERAS = {
  audience: "audience:-4,19,40",
  orbit: "orbit:0,0,60,30,-12,260",
  top: "top:0,10,320",
  side: "side:0,60,300",
  free: "free:-60,-180,30,15,8",
};

const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;
const luminance = (/** @type {number[]} */ [r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** @param {import("playwright-core").Browser} browser @param {Mock} mock */
export async function stage(browser, mock) {
  const lit = mock.made.vehicles.flatMap((v, i) => {
    const rgb = v.lights.findLast((k) => k.tMs <= LETTER_MS)?.rgb ?? [0, 0, 0];
    return Math.max(...rgb) > 0 ? [{ i, rgb }] : [];
  });

  // The vehicle that is farthest from the middle of the lights sees most of them.
  const places = lit.map(({ i }) => positionOf(mock.made.vehicles[i], LETTER_MS));
  const middle = [0, 1, 2].map((k) => mean(places.map((p) => p[k])));
  const away = (/** @type {number[]} */ p) => Math.hypot(...p.map((v, k) => v - middle[k]));
  const from = places.reduce((best, p, k) => (away(p) > away(places[best]) ? k : best), 0);
  const [dx, dy, dz] = middle.map((v, k) => v - places[from][k]);
  const eye = `vehicle:${(Math.atan2(dx, dy) / DEGREE).toFixed(1)},${(Math.atan2(dz, Math.hypot(dx, dy)) / DEGREE).toFixed(1)}`;

  for (const [mode, hash] of Object.entries({ ...CAMERAS, vehicle: eye })) {
    await test(`stage: ${mode}: lights are drawn where the projection says`, () =>
      withPage(browser, mock.url, { hash: `cam=${hash}&panel=none&layers=&t=52&sel=${mode === "vehicle" ? lit[from].i : ""}` }, async (page) => {
        await page.keyboard.press("Escape");
        await page.evaluate((v) => window.__kapok?.select(v), mode === "vehicle" ? lit[from].i : null);
        await page.evaluate(() => window.__kapok?.seek(52_000));
        if (mode === "vehicle") await page.getByRole("button", { name: "Close the panel" }).click();
        await page.waitForTimeout(900);
        await seek(page, LETTER_MS);
        const { camera } = await stateOf(page);
        assert.equal(camera.mode, mode);
        const pose = poseOf(mode, camera.numbers, mock, lit[from].i, 720);
        const seen = lit
          .filter(({ i }) => mode !== "vehicle" || i !== lit[from].i)
          .map(({ i, rgb }) => ({ i, rgb, ...pixel(pose, positionOf(mock.made.vehicles[i], LETTER_MS), 1280, 720) }))
          .filter(({ xPx, yPx }) => xPx > 30 && xPx < 1250 && yPx > 70 && yPx < 580);
        assert.ok(seen.length > 12, `only ${seen.length} lights are in the picture`);
        const some = seen.filter((_, k) => k % Math.ceil(seen.length / 6) === 0);
        for (const { i, rgb, xPx, yPx } of some) {
          const said = await page.evaluate((v) => window.__kapok?.pixelOf(v), i);
          assert.ok(said && Math.hypot(said.xPx - xPx, said.yPx - yPx) < 1.5, `${i} is at ${JSON.stringify(said)}, not at ${xPx}, ${yPx}`);
          const drawn = await page.evaluate(({ x, y }) => window.__kapok?.look(x, y, 5)?.peak, { x: xPx, y: yPx });
          assert.ok(drawn && Math.max(...drawn) > 0.6 * Math.max(...rgb), `at ${xPx}, ${yPx} there is ${drawn}, no ${rgb}`);
        }
      }));
  }

  await test("stage: the first screen shows the first picture, all of it, in any window", async () => {
    for (const [width, height] of [[390, 844], [844, 390], [820, 1180], [1440, 900], [1920, 1080]]) {
      await withPage(browser, mock.url, { width, height }, async (page) => {
        const { tMs, chapters, panel, vehicleCount } = await stateOf(page);
        const first = chapters.find((/** @type {any} */ c) => c.kind === "formation");
        assert.equal(tMs, (first.start_ms + first.end_ms) / 2);
        assert.equal(panel, width <= 1000 || height <= 500 ? "none" : "certificate");
        await page.waitForTimeout(600);
        await page.evaluate(() => window.__kapok?.look(0, 0, 1));
        const free = await page.evaluate(() => {
          const box = (/** @type {string} */ s) => document.querySelector(s)?.getBoundingClientRect();
          return { top: box("header")?.bottom ?? 0, bottom: box(".timeline")?.top ?? 0, right: box("aside")?.left ?? innerWidth };
        });
        for (const { kind, start_ms, end_ms, name } of chapters) {
          if (kind !== "formation") continue;
          await seek(page, (start_ms + end_ms) / 2);
          const out = await page.evaluate(({ n, lit, free }) => {
            const pixels = Array.from({ length: n }, (_, v) => window.__kapok?.pixelOf(v)).filter((_, v) => lit.includes(v));
            return pixels.filter((p) => !p || p.xPx < 0 || p.xPx > free.right || p.yPx < free.top || p.yPx > free.bottom).length;
          }, { n: vehicleCount, lit: litAt(mock, (start_ms + end_ms) / 2), free });
          assert.equal(out, 0, `${out} lights of "${name}" are cut off at ${width} × ${height}`);
        }
      });
    }
  });

  await test("stage: the sky is brightest by day, then at dusk, then at night; a hall has no colour of sky", () =>
    withPage(browser, mock.url, { hash: "panel=none&layers=&t=0" }, async (page) => {
      const sky = async () => (await page.evaluate(() => window.__kapok?.look(innerWidth * 0.9, innerHeight * 0.35, 31)))?.mean ?? [];
      /** @type {Record<string, number[]>} */
      const seen = {};
      for (let i = 0; i < 4; i++) {
        await page.keyboard.press("m");
        const { mood } = await stateOf(page);
        seen[mood] = await sky();
      }
      assert.deepEqual(Object.keys(seen).sort(), ["day", "dusk", "hall", "night"]);
      const [day, dusk, night] = ["day", "dusk", "night"].map((mood) => luminance(seen[mood]));
      assert.ok(day > 2 * dusk && dusk > 1.5 * night, `day ${day}, dusk ${dusk}, night ${night}`);
      assert.ok(seen["day"][2] > seen["day"][0] + 20, `the sky of the day is blue, not ${seen["day"]}`);
      assert.ok(Math.max(...seen["hall"]) - Math.min(...seen["hall"]) < 5, `a hall is grey, not ${seen["hall"]}`);
    }));

  await test("stage: a show in a hall opens in a hall, another at night", async () => {
    const indoor = await startMock({ vehicles: 200, indoor: true });
    try {
      await withPage(browser, indoor.url, {}, async (page) => assert.equal((await stateOf(page)).mood, "hall"));
      await withPage(browser, mock.url, {}, async (page) => assert.equal((await stateOf(page)).mood, "night"));
    } finally {
      await indoor.close();
    }
  });

  await test("stage: a mesh that is kept out of hides the lights behind it, and stands on the ground", async () => {
    const walled = await startMock({ scenery: true });
    try {
      const hash = "cam=audience:-4,19,40&panel=none&layers=&t=52";
      /** @param {string} url @param {number[]} vehicles */
      const looks = async (url, vehicles) => {
        /** @type {number[][]} */
        let peaks = [];
        await withPage(browser, url, { hash }, async (page) => {
          await seek(page, LETTER_MS);
          peaks = await page.evaluate((list) => list.map((v) => {
            const at = window.__kapok?.pixelOf(v);
            return (at && window.__kapok?.look(at.xPx, at.yPx, 3)?.peak) ?? [];
          }), vehicles);
        });
        return peaks;
      };
      const eye = mock.made.show.environment.audiences[0].eye_m;
      // Where the line of sight meets the plane of the wall.
      const behind = lit.filter(({ i }) => {
        const p = positionOf(mock.made.vehicles[i], LETTER_MS);
        const u = (-104 - eye[1]) / (p[1] - eye[1]);
        const [x, z] = [eye[0] + u * (p[0] - eye[0]), eye[2] + u * (p[2] - eye[2])];
        return x > -130 && x < -4 && z > 2 && z < 116;
      }).filter((_, k) => k % 20 === 0);
      const beside = lit.filter(({ i }) => {
        const p = positionOf(mock.made.vehicles[i], LETTER_MS);
        const u = (-104 - eye[1]) / (p[1] - eye[1]);
        return eye[0] + u * (p[0] - eye[0]) > 6;
      }).filter((_, k) => k % 20 === 0);
      assert.ok(behind.length > 3 && beside.length > 1, `${behind.length} behind, ${beside.length} beside`);
      const hidden = await looks(walled.url, behind.map(({ i }) => i));
      const open = await looks(mock.url, behind.map(({ i }) => i));
      hidden.forEach((rgb, k) => assert.ok(Math.max(...rgb) < 90 && Math.max(...open[k]) > 150, `behind the wall ${rgb}, without it ${open[k]}`));
      for (const rgb of await looks(walled.url, beside.map(({ i }) => i))) assert.ok(Math.max(...rgb) > 150, `beside the wall ${rgb}`);
      // Its lower prism reaches 80 m below the ground, and nothing of it is drawn there.
      await withPage(browser, walled.url, { hash: "cam=free:-70,-130,2,0,-50&panel=none&layers=keepouts&t=0" }, async (page) => {
        const below = await page.evaluate(() => {
          const at = window.__kapok?.pixelOfPoint([-70, -104, -20]);
          return at && window.__kapok?.look(at.xPx, at.yPx, 9)?.mean;
        });
        const ground = await page.evaluate(() => {
          const at = window.__kapok?.pixelOfPoint([-70, -112, 0]);
          return at && window.__kapok?.look(at.xPx, at.yPx, 9)?.mean;
        });
        assert.ok(below && ground);
        assert.ok(Math.abs(luminance(below) - luminance(ground)) < 12, `below the wall there is ${below}, on the ground ${ground}`);
      });
    } finally {
      await walled.close();
    }
  });

  await test("stage: keep-outs are shown where there are any", async () => {
    const bare = await startMock({ vehicles: 20, bare: true });
    try {
      await withPage(browser, mock.url, {}, async (page) => assert.ok((await stateOf(page)).layers.includes("keepouts")));
      await withPage(browser, bare.url, {}, async (page) => assert.ok(!(await stateOf(page)).layers.includes("keepouts")));
    } finally {
      await bare.close();
    }
  });

  await test("stage: the lights are as large as the slider says", () =>
    withPage(browser, mock.url, { hash: "cam=audience:-4,19,14&panel=none&layers=&t=52" }, async (page) => {
      const bright = async () => {
        await seek(page, LETTER_MS);
        return page.evaluate((vehicles) => {
          const at = vehicles.map((v) => window.__kapok?.pixelOf(v)).find((p) => p && p.xPx > 200 && p.xPx < 1000 && p.yPx > 150 && p.yPx < 500);
          const mean = at && window.__kapok?.look(at.xPx, at.yPx, 41)?.mean;
          return mean ? Math.max(...mean) : NaN;
        }, lit.map(({ i }) => i));
      };
      const usual = await bright();
      await page.getByRole("button", { name: "View" }).click();
      const slider = page.getByRole("slider", { name: "Size of the lights" });
      await slider.focus();
      await page.keyboard.press("End");
      await until(page, ({ lightSize }) => lightSize === 2.5);
      const large = await bright();
      await page.keyboard.press("Home");
      await until(page, ({ lightSize }) => lightSize === 0.4);
      const small = await bright();
      assert.ok(large > 1.25 * usual && usual > 1.25 * small, `small ${small}, usual ${usual}, large ${large}`);
    }));

  await test("stage: every audience has its camera, and key 1 goes round them", async () => {
    const two = await startMock({ vehicles: 200, scenery: true });
    try {
      await withPage(browser, two.url, {}, async (page) => {
        await page.keyboard.press("1");
        const { camera } = await until(page, ({ camera }) => camera.numbers.length === 1);
        assert.deepEqual(camera.numbers, [1]);
        await page.getByRole("combobox", { name: "Which audience" }).selectOption({ label: "Square" });
        await until(page, ({ camera }) => camera.numbers.length === 0);
      });
    } finally {
      await two.close();
    }
  });

  await test("stage: free flight by keys, and the way back", () =>
    withPage(browser, mock.url, { hash: "panel=none" }, async (page) => {
      await page.keyboard.press("5");
      const from = (await until(page, ({ camera }) => camera.mode === "free")).camera.numbers;
      const before = await stateOf(page);
      await page.keyboard.down("w");
      await until(page, ({ camera }) => camera.numbers[1] > from[1] + 10);
      await page.keyboard.up("w");
      await page.keyboard.down("ArrowRight");
      await until(page, ({ camera }) => camera.numbers[3] > from[3] + 5);
      await page.keyboard.up("ArrowRight");
      await page.waitForTimeout(300);
      const still = await stateOf(page);
      await page.waitForTimeout(400);
      const after = await stateOf(page);
      assert.deepEqual(after.camera.numbers, still.camera.numbers, "it stands when the keys are up");
      // The keys of flight do not do what they mean elsewhere.
      assert.deepEqual([after.layers, after.tMs, after.panel], [before.layers, before.tMs, before.panel]);
      await page.keyboard.press("0");
      await until(page, ({ camera }) => camera.mode === "audience" && camera.numbers.length === 0);
      await page.keyboard.press("6");
      await until(page, ({ camera }) => camera.mode === "vehicle");
    }));

  await test("stage: nothing is drawn while nothing changes", () =>
    withPage(browser, mock.url, {}, async (page) => {
      const drawn = () => page.evaluate(() => window.__kapok?.frames().drawn ?? NaN);
      let last = await drawn();
      for (let i = 0; i < 40; i++) {
        await page.waitForTimeout(250);
        const now = await drawn();
        if (now === last) break;
        last = now;
      }
      await page.waitForTimeout(1500);
      assert.equal(await drawn(), last);
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction((n) => (window.__kapok?.frames().drawn ?? 0) > n, last);
    }));

  await test("stage: with reduced motion the camera jumps", () =>
    withPage(browser, mock.url, { hash: "panel=none", prepare: (page) => page.emulateMedia({ reducedMotion: "reduce" }) }, async (page) => {
      await page.keyboard.press("2");
      await until(page, ({ camera }) => camera.mode === "orbit");
      await page.evaluate(() => window.__kapok?.look(0, 0, 1));
      const at = await page.evaluate(() => window.__kapok?.pixelOfPoint([0, 0, 60]));
      await page.waitForTimeout(1200);
      await page.evaluate(() => window.__kapok?.look(0, 0, 1));
      assert.deepEqual(await page.evaluate(() => window.__kapok?.pixelOfPoint([0, 0, 60])), at);
    }));

  for (const vehicles of [1000, 22_580]) {
    await test(`stage: ${vehicles} vehicles play at 1440 × 900`, async () => {
      const fleet = await startMock({ vehicles });
      try {
        await withPage(browser, fleet.url, { width: 1440, height: 900, hash: "panel=none&t=60" }, async (page) => {
          await page.evaluate(() => window.__kapok?.play(true));
          await page.waitForFunction(() => (window.__kapok?.frames().workMs.length ?? 0) > 40);
          const { intervalMs, workMs, drawn, places } = await page.evaluate(() => window.__kapok?.frames() ?? { intervalMs: [], workMs: [], drawn: 0, places: 0 });
          const median = (/** @type {number[]} */ v) => v.slice(8).sort((a, b) => a - b)[Math.floor((v.length - 8) / 2)].toFixed(1);
          console.log(`      ${vehicles} vehicles: ${median(intervalMs)} ms a frame, ${median(workMs)} ms of it in scripts; the place drawn in ${places} of ${drawn} frames`);
          assert.ok(places < drawn / 2, `the place is kept: drawn ${places} times in ${drawn} frames`);
        });
      } finally {
        await fleet.close();
      }
    });
  }
}

/** Vehicles that shine at an instant. @param {Mock} mock @param {number} tMs */
function litAt(mock, tMs) {
  return mock.made.vehicles.flatMap((v, i) => (Math.max(...(v.lights.findLast((k) => k.tMs <= tMs)?.rgb ?? [0])) > 0 ? [i] : []));
}
