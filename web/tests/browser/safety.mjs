// @ts-check
/** The safety page: what an authority and an operator do with it. Pictures are kept in web/test-results/. */

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { makeSafety } from "../mock/safety.mjs";
import { startMock } from "../mock/serve.mjs";
import { assert, stateOf, test, until, withPage } from "./harness.mjs";

const RESULTS = fileURLToPath(new URL("../../test-results/", import.meta.url));

/** @typedef {Awaited<ReturnType<typeof startMock>>} Mock */
/** @typedef {import("playwright-core").Page} Page */

/** Waits until the figures are there (or are known not to be). @param {Page} page @param {string} kind */
const figures = (page, kind = "ready") => until(page, ({ safety }) => safety === kind);

/** Waits until a vehicle has come to rest in the picture. @param {Page} page @param {number} vehicle */
async function atRest(page, vehicle) {
  let last = { xPx: NaN, yPx: NaN };
  // On a busy machine a frame takes longer than one look: it must stay through several.
  let stays = 0;
  for (let i = 0; i < 100; i++) {
    await page.waitForTimeout(250);
    const now = await page.evaluate((v) => window.__kapok?.pixelOf(v) ?? { xPx: NaN, yPx: NaN }, vehicle);
    stays = Math.hypot(now.xPx - last.xPx, now.yPx - last.yPx) < 0.5 ? stays + 1 : 0;
    if (stays === 4) return now;
    last = now;
  }
  return assert.fail("the camera does not come to rest");
}

/** Middle of what the panel leaves of the picture. @param {Page} page */
const freeMiddle = (page) =>
  page.evaluate(() => {
    const aside = document.querySelector("aside")?.getBoundingClientRect();
    const timeline = document.querySelector(".timeline")?.getBoundingClientRect();
    const header = document.querySelector("header")?.getBoundingClientRect();
    if (!aside || !timeline || !header) throw new Error("parts of the page are missing");
    const narrow = aside.top > 150;
    return {
      xPx: (narrow ? innerWidth : aside.left) / 2,
      yPx: (header.bottom + (narrow ? aside.top : timeline.top)) / 2,
    };
  });

/** @param {import("playwright-core").Browser} browser @param {Mock} mock */
export async function safety(browser, mock) {
  const { url, made } = mock;
  const expected = makeSafety(made);
  mkdirSync(RESULTS, { recursive: true });

  await test("safety: is opened from the bar, by a key and by a link", async () => {
    await withPage(browser, url, {}, async (page) => {
      await page.getByRole("button", { name: "Safety" }).click();
      const panel = page.getByRole("tabpanel", { name: "Safety" });
      await panel.getByText("Every rule holds").waitFor();
      assert.equal((await stateOf(page)).panel, "safety");
      await page.keyboard.press("a");
      await until(page, ({ panel: open }) => open === "none");
      await page.keyboard.press("a");
      await until(page, ({ panel: open }) => open === "safety");
    });
    await withPage(browser, url, { hash: "panel=safety" }, async (page) => {
      await page.getByText("10 rules hold for every vehicle at every instant of the show.").waitFor();
      await figures(page);
      await page.getByRole("img", { name: /^Closest pair in flight over the show/ }).waitFor();
      await page.screenshot({ path: `${RESULTS}safety-summary.png` });
    });
  });

  await test("safety: nothing is asked for before the page is opened", () =>
    withPage(browser, url, {}, async (page) => {
      assert.equal((await stateOf(page)).safety, "unasked");
    }));

  await test("safety: limits with their sources, hashes and assumptions are stated", () =>
    withPage(browser, url, { hash: "panel=safety" }, async (page) => {
      const row = (/** @type {string | RegExp} */ name) => page.getByRole("table", { name: /^Limits/ }).getByRole("row").filter({ hasText: name });
      assert.match(await row(/^Altitude/).innerText(), /120.m\s+the show file/);
      assert.match(await row("Wind").innerText(), /default, not stated by the file/);
      assert.match(await row("Separation near the ground").innerText(), /set for this proof/);
      await page.getByText("1\u202f000 of 1\u202f000").waitFor();
      await page.getByText("Between two rows of the table a vehicle moves in a straight line.").waitFor();
    }));

  await test("safety: what fails and what is left stands in its own part", async () => {
    await withPage(browser, url, { hash: "panel=safety" }, async (page) => {
      const sectors = page.getByRole("table", { name: /lose their position/ });
      assert.match(await sectors.getByRole("row").filter({ hasText: "west" }).innerText(), /250\s+64\.5.m\s+−4.m\s+123.m\s+–\s+22\.5.s/);
      await page.getByText("12 instants; every return to home is proved.").waitFor();
    });
    const violated = await startMock({ vehicles: 60, certificate: "violated" });
    try {
      await withPage(browser, violated.url, { hash: "panel=safety" }, async (page) => {
        await page.getByText("12 instants; 1 not proved.").waitFor();
        await page.getByRole("button", { name: /Two vehicles come closer than 1\.5 m on their returns to home/ }).click();
        await until(page, ({ tMs }) => tMs === 90_000);
      });
    } finally {
      await violated.close();
    }
  });

  await test("safety: a loss is told plainly, and leads to the two vehicles at the moment of the loss", () =>
    withPage(browser, url, { hash: "panel=safety&t=10" }, async (page) => {
      await figures(page);
      const lost = page.getByRole("table", { name: /Contact with one lost vehicle/ });
      const row = (/** @type {string} */ name) => lost.getByRole("row").filter({ hasText: name });
      assert.match(await row("Stops in the air").innerText(), /0\.7.s\s+none\s+.+ → .+\s+lost at \d:\d\d\.\d, touched after 0\.74.s/);
      assert.match(await row("Drifts").innerText(), /all 3.s\s+at least 1\.75.m\s+.+ → .+\s+lost at 1:27\.4, nearest, 1\.84.m after/);
      assert.match(await row("Falls").innerText(), /too much to search.+\s+0\.04.s\s+not known\s+no case is known/);
      assert.equal(await row("Falls").getByRole("button").count(), 0);
      const button = row("Stops in the air").getByRole("button");
      const { worst } = made;
      const [one, two] = worst.vehicles.map((/** @type {any} */ v) => v.index);
      await button.click();
      const state = await until(page, (s) => s.pair !== null && Math.abs(s.tMs - (worst.t_ms - 743.5)) <= 0.5);
      assert.deepEqual(state.pair, [one, two]);
      assert.equal(state.panel, "safety");
      assert.equal(await button.getAttribute("aria-pressed"), "true");
      const middle = await freeMiddle(page);
      const seen = [await atRest(page, one), await atRest(page, two)];
      const between = { xPx: (seen[0].xPx + seen[1].xPx) / 2, yPx: (seen[0].yPx + seen[1].yPx) / 2 };
      assert.ok(Math.hypot(between.xPx - middle.xPx, between.yPx - middle.yPx) < 60, `${JSON.stringify(between)} is not near ${JSON.stringify(middle)}`);
      assert.equal(await page.locator(".mark-vehicle").count(), 2);
      await page.screenshot({ path: `${RESULTS}safety-loss.png` });
      const sectors = page.getByRole("table", { name: /Contact with a drifting sector/ });
      assert.match(await sectors.getByRole("row").filter({ hasText: "north" }).innerText(), /1\.2.s\s+none/);
      assert.match(await sectors.getByRole("row").filter({ hasText: "south" }).innerText(), /over 2\.4.m\s+no vehicle comes near/);
      assert.equal(await sectors.getByRole("row").filter({ hasText: "west" }).count(), 0, "nothing is said of a sector without others");
      await sectors.getByRole("button").first().press("Enter");
      await until(page, (s) => s.tMs === 101_000 && s.pair?.[0] === 4 && s.pair[1] === 9);
    }));

  await test("safety: a certificate of another file leads nowhere", async () => {
    const foreign = await startMock({ vehicles: 60, certificate: "foreign" });
    try {
      await withPage(browser, foreign.url, { hash: "panel=safety" }, async (page) => {
        await figures(page);
        const buttons = page.getByRole("table", { name: /^Contact with/ }).getByRole("button");
        assert.ok((await buttons.count()) > 0);
        for (const button of await buttons.all()) assert.ok(await button.isDisabled());
      });
    } finally {
      await foreign.close();
    }
  });

  await test("safety: a click in a curve seeks, and the cursor of every curve follows the time", () =>
    withPage(browser, url, { hash: "panel=safety" }, async (page) => {
      await figures(page);
      await page.getByRole("button", { name: "Over time" }).click();
      const plot = page.locator("#safety-time ~ .charts .u-over").nth(1);
      const box = await plot.boundingBox();
      assert.ok(box);
      const { durationMs } = await stateOf(page);
      await page.mouse.click(box.x + 0.4 * box.width, box.y + box.height / 2);
      const { tMs } = await until(page, (state) => Math.abs(state.tMs - 0.4 * durationMs) < 0.01 * durationMs);
      const cursors = () =>
        page.locator("#safety-time ~ .charts .holder").evaluateAll((holders) =>
          holders.map((holder) => {
            const over = holder.querySelector(".u-over")?.getBoundingClientRect();
            const now = holder.querySelector(".now")?.getBoundingClientRect();
            return over && now ? (now.left - over.left) / over.width : NaN;
          }),
        );
      const seen = await cursors();
      assert.equal(seen.length, 7);
      for (const share of seen) assert.ok(Math.abs(share - tMs / durationMs) < 0.01, `the cursor is at ${share}`);
      await page.keyboard.press("End");
      await until(page, (state) => state.tMs === durationMs);
      for (const share of await cursors()) assert.ok(Math.abs(share - 1) < 0.01, `the cursor is at ${share}`);
      await page.screenshot({ path: `${RESULTS}safety-time.png` });
    }));

  await test("safety: the worst moment of a curve is a button", () =>
    withPage(browser, url, { hash: "panel=safety" }, async (page) => {
      await figures(page);
      const speeds = expected.timeline.max_velocity_xy_m_s;
      const at = speeds.indexOf(Math.max(...speeds));
      await page.locator("#safety-time ~ .charts .card").nth(2).getByRole("button").click();
      await until(page, ({ tMs }) => tMs === expected.timeline.t_ms[at]);
    }));

  for (const by of ["mouse", "keyboard"]) {
    await test(`safety: a close pair is marked and flown to by ${by}`, () =>
      withPage(browser, url, { hash: "panel=safety&t=10" }, async (page) => {
        await figures(page);
        const { pair, t_ms: atMs, distance_m: distanceM } = expected.worst_pairs[2];
        const button = page.locator("#safety-pairs ~ ol button").nth(2);
        if (by === "mouse") await button.click();
        else {
          await button.focus();
          await page.keyboard.press("Enter");
        }
        const state = await until(page, (s) => s.pair !== null && s.tMs === atMs);
        assert.deepEqual(state.pair, pair);
        assert.equal(state.camera.mode, "orbit");
        assert.equal(state.panel, "safety");
        assert.equal(await button.getAttribute("aria-pressed"), "true");
        const middle = await freeMiddle(page);
        const seen = await atRest(page, pair[0]);
        assert.ok(Math.hypot(seen.xPx - middle.xPx, seen.yPx - middle.yPx) < 40, `${JSON.stringify(seen)} is not near ${JSON.stringify(middle)}`);
        assert.equal(await page.locator(".mark-vehicle").count(), 2);
        const written = Number.parseFloat(await page.locator(".mark-distance span").innerText());
        assert.ok(Math.abs(written - distanceM) < 0.002, `${written} m is written, ${distanceM} m is right`);
        // The link holds it; Escape lets go.
        await page.waitForTimeout(900);
        assert.match(page.url(), new RegExp(`pair=${pair[0]}-${pair[1]}`));
        if (by === "mouse") await page.screenshot({ path: `${RESULTS}safety-pair.png` });
        await page.keyboard.press("Escape");
        await until(page, (s) => s.pair === null);
        await page.locator(".mark-vehicle").first().waitFor({ state: "detached" });
      }));
  }

  await test("safety: an area leads to its instant and vehicle, and the panel stays", () =>
    withPage(browser, url, { hash: "panel=safety" }, async (page) => {
      await figures(page);
      const area = expected.areas.find(({ kind }) => kind === "audience");
      assert.ok(area);
      await page.getByRole("button", { name: /^Audience “Square”/ }).click();
      const { vehicle, panel } = await until(page, ({ tMs }) => tMs === area.t_ms);
      assert.equal(vehicle, area.vehicle);
      assert.equal(panel, "safety");
    }));

  await test("safety: the parts are reached by buttons, and the tabs stay where they are", () =>
    withPage(browser, url, { hash: "panel=safety" }, async (page) => {
      await figures(page);
      const tab = page.getByRole("tab", { name: "Safety" });
      const before = await tab.boundingBox();
      for (const [name, heading] of [["Ground", "Fall footprint"], ["Rules", "Rules"], ["Closest pairs", "Closest pairs"]]) {
        await page.getByRole("navigation").getByRole("button", { name }).click();
        const box = await page.getByRole("heading", { name: heading }).boundingBox();
        const body = await page.locator("#panel-body").boundingBox();
        assert.ok(box && body);
        assert.ok(box.y - body.y > 36 && box.y - body.y < 70, `${name} is ${box.y - body.y} px below the top`);
        assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H2");
      }
      assert.deepEqual(await tab.boundingBox(), before);
    }));

  await test("safety: the map shows the footprint where it is, the right way round", () =>
    withPage(browser, url, { hash: "panel=safety", height: 1400 }, async (page) => {
      await figures(page);
      const { footprint } = expected;
      assert.ok(footprint);
      const { columns, rows, cell_m: cellM, origin_m: originM } = footprint;
      const map = page.getByRole("img", { name: /^Map of the site/ });
      await map.scrollIntoViewIfNeeded();
      const image = map.locator("image");
      const alphas = await image.evaluate(async (element) => {
        const picture = new Image();
        picture.src = element.getAttribute("href") ?? "";
        await picture.decode();
        const canvas = document.createElement("canvas");
        canvas.width = picture.width;
        canvas.height = picture.height;
        const context = canvas.getContext("2d");
        context?.drawImage(picture, 0, 0);
        const { data, width, height } = context?.getImageData(0, 0, picture.width, picture.height) ?? new ImageData(1, 1);
        return { width, height, alpha: Array.from({ length: width * height }, (_, i) => data[4 * i + 3]) };
      });
      assert.deepEqual([alphas.width, alphas.height], [columns, rows]);
      footprint.vehicle_seconds.forEach((/** @type {number} */ value, /** @type {number} */ i) => assert.equal(alphas.alpha[i] > 0, value > 0, `cell ${i}`));
      // The pointer over the hottest cell reads its value: the map is neither turned nor mirrored.
      const hottest = footprint.vehicle_seconds.indexOf(footprint.vehicle_seconds.reduce((/** @type {number} */ a, /** @type {number} */ b) => Math.max(a, b)));
      const share = { x: ((hottest % columns) + 0.5) / columns, y: 1 - (Math.floor(hottest / columns) + 0.5) / rows };
      const box = await image.boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + share.x * box.width, box.y + share.y * box.height);
      const read = await map.locator(".under").innerHTML();
      const x = Math.round(originM[0] + ((hottest % columns) + 0.5) * cellM);
      const found = /x (−?\d+) m, y (−?\d+) m · ([\d.]+) vehicle-seconds/.exec(read);
      assert.ok(found, read);
      assert.ok(Math.abs(Number(found[1].replace("−", "-")) - x) <= 2, read);
      assert.ok(Number(found[3]) > 0.5 * footprint.vehicle_seconds[hottest], `${read}; the hottest has ${footprint.vehicle_seconds[hottest]}`);
      for (const name of ["Geofence", "Excluded from the geofence", "Audience", "Road", "Water", "Keep-out"]) {
        await page.getByRole("list", { name: "Legend" }).getByText(name, { exact: true }).waitFor();
      }
    }));

  await test("safety: the map is zoomed by buttons and moved by arrows, and the time stands still", () =>
    withPage(browser, url, { hash: "panel=safety&t=20" }, async (page) => {
      await figures(page);
      const fence = page.locator(".map path.fence");
      const before = await fence.boundingBox();
      await page.getByRole("button", { name: "Map nearer" }).click();
      const nearer = await fence.boundingBox();
      assert.ok(before && nearer && nearer.width > 1.4 * before.width);
      await page.getByRole("button", { name: "Map nearer" }).focus();
      await page.keyboard.press("ArrowRight");
      const moved = await fence.boundingBox();
      assert.ok(moved && moved.x < nearer.x - 30);
      assert.equal((await stateOf(page)).tMs, 20_000);
      await page.getByRole("button", { name: "Whole site" }).click();
      const whole = await fence.boundingBox();
      assert.ok(whole && Math.abs(whole.width - before.width) < 1);
    }));

  await test("safety: the footprint lies on the ground of the picture where it belongs", () =>
    withPage(browser, url, { hash: "cam=top&panel=none&layers=&t=0" }, async (page) => {
      const { footprint } = expected;
      assert.ok(footprint);
      const { columns, rows, cell_m: cellM, origin_m: originM, vehicle_seconds: seconds } = footprint;
      const centre = (/** @type {number} */ i) => [originM[0] + ((i % columns) + 0.5) * cellM, originM[1] + (Math.floor(i / columns) + 0.5) * cellM, 0];
      // Cells that are hot, or empty, together with all around them; of these, every so many.
      const around = (/** @type {number} */ i) => [0, 1, -1, columns, -columns].map((d) => seconds[i + d] ?? 0);
      const inside = Array.from({ length: columns * rows }, (_, i) => i).filter((i) => i % columns > 0 && i % columns < columns - 1);
      const some = (/** @type {number[]} */ cells) => cells.filter((_, k) => k % Math.ceil(cells.length / 12) === 0).map(centre);
      const most = Math.max(...seconds);
      const hot = some(inside.filter((i) => around(i).every((v) => v > most / 20)));
      const empty = some(inside.filter((i) => around(i).every((v) => v === 0)));
      assert.ok(hot.length > 5 && empty.length > 5);
      const look = (/** @type {number[][]} */ points) =>
        page.evaluate(
          (all) =>
            all.map((point) => {
              window.__kapok?.look(0, 0, 1);
              const at = window.__kapok?.pixelOfPoint(point);
              return at ? (window.__kapok?.look(at.xPx, at.yPx, 3)?.mean ?? []) : [];
            }),
          points,
        );
      const before = [await look(hot), await look(empty)];
      await page.keyboard.press("h");
      await figures(page);
      const after = [await look(hot), await look(empty)];
      after[0].forEach((rgb, i) => assert.ok(rgb[0] > before[0][i][0] + 60, `hot ground is ${rgb}, was ${before[0][i]}`));
      after[1].forEach((rgb, i) => rgb.forEach((v, k) => assert.ok(Math.abs(v - before[1][i][k]) < 8, `empty ground is ${rgb}, was ${before[1][i]}`)));
      await page.screenshot({ path: `${RESULTS}safety-ground.png` });
      await page.keyboard.press("h");
      const [again] = await look(hot.slice(0, 1));
      assert.ok(Math.abs(again[0] - before[0][0][0]) < 3);
    }));

  await test("safety: roads and the holes of the fence are drawn", () =>
    withPage(browser, url, { hash: "cam=top&panel=none&layers=&t=0" }, async (page) => {
      const { roads, geofence } = made.show.environment;
      const middle = (/** @type {number[][]} */ polygon) => [0, 1].map((k) => polygon.reduce((sum, p) => sum + p[k], 0) / polygon.length);
      const hole = [...middle(geofence.holes_m[0]), 0];
      const [, y] = middle(roads[0].polygon_m);
      await page.evaluate(() => window.__kapok?.camera("orbit"));
      await page.evaluate(() => window.__kapok?.camera("top"));
      await atRest(page, 0);
      const colour = (/** @type {number[]} */ point) =>
        page.evaluate((p) => {
          const at = window.__kapok?.pixelOfPoint(p);
          return at ? window.__kapok?.look(at.xPx, at.yPx, 5)?.mean : undefined;
        }, point);
      const [without, road, beside] = [await colour(hole), await colour([0, y, 0]), await colour([0, y + 30, 0])];
      await page.keyboard.press("f");
      const withHole = await colour(hole);
      assert.ok(without && withHole && withHole[0] > without[0] + 8, `the hole is ${withHole}, without the fence ${without}`);
      assert.ok(road && beside && road[2] > beside[2] + 4, `the road is ${road}, beside it ${beside}`);
    }));

  await test("safety: a show without fence, audience and footprint says so in plain words", async () => {
    const bare = await startMock({ vehicles: 60, bare: true, safety: "no-footprint" });
    try {
      await withPage(browser, bare.url, { hash: "panel=safety" }, async (page) => {
        await figures(page);
        const panel = page.getByRole("tabpanel", { name: "Safety" });
        await panel.getByText("The show has no geofence.").first().waitFor();
        await panel.locator(".charts").getByText("The show has no geofence.").waitFor();
        await panel.getByText("The show has no audience", { exact: true }).waitFor();
        await panel.getByText("No fall footprint is available for this show.").waitFor();
        await panel.getByText(/^The show has no audience, road, water or geofence/).waitFor();
        assert.equal(await panel.getByRole("checkbox", { name: "Heat", exact: true }).isDisabled(), true);
      });
    } finally {
      await bare.close();
    }
  });

  await test("safety: without a certificate the figures are shown, and called what they are", async () => {
    const unproven = await startMock({ vehicles: 60, certificate: "none" });
    try {
      await withPage(browser, unproven.url, { hash: "panel=safety", allowErrors: true }, async (page) => {
        await page.getByText("Nothing is proved", { exact: true }).waitFor();
        await page.getByText("not proved").first().waitFor();
        await page.getByRole("img", { name: /^Horizontal speed over the show/ }).waitFor();
      });
    } finally {
      await unproven.close();
    }
  });

  await test("safety: a certificate of another file proves nothing here", async () => {
    const foreign = await startMock({ vehicles: 60, certificate: "foreign" });
    try {
      await withPage(browser, foreign.url, { hash: "panel=safety" }, async (page) => {
        await page.getByText("Certificate of another file").waitFor();
        assert.equal(await page.getByText("Every rule holds").count(), 0);
      });
    } finally {
      await foreign.close();
    }
  });

  await test("safety: a server without figures is said to have none", async () => {
    const none = await startMock({ vehicles: 60, safety: "none" });
    try {
      await withPage(browser, none.url, { hash: "panel=safety", allowErrors: true }, async (page) => {
        await figures(page, "none");
        await page.getByText("The server has no such figures for this show.").first().waitFor();
        await page.getByText("Every rule holds").waitFor();
        await page.getByRole("img", { name: /^Map of the site/ }).waitFor();
      });
    } finally {
      await none.close();
    }
  });

  await test("safety: figures that make no sense are named, and can be asked for again", async () => {
    const bad = await startMock({ vehicles: 60, fault: "bad-safety" });
    try {
      await withPage(browser, bad.url, { hash: "panel=safety" }, async (page) => {
        await page.getByText("Bad data from /api/v1/safety: safety.step_ms: expected a finite number").first().waitFor();
        await page.route("**/api/v1/safety?*", (route) => route.fulfill({ json: makeSafety(bad.made) }));
        await page.getByRole("button", { name: "Try again" }).first().click();
        await figures(page);
      });
    } finally {
      await bad.close();
    }
  });

  await test("safety: violations stand first, and are flown to", async () => {
    const violated = await startMock({ vehicles: 200, certificate: "violated" });
    try {
      await withPage(browser, violated.url, { hash: "panel=safety" }, async (page) => {
        await page.getByText("1 rule violated").waitFor();
        await page.getByText("The show must not fly as it is.").waitFor();
        const button = page.locator("#safety-summary ~ section").getByRole("button", { name: /0:41\.0/ });
        const box = await button.boundingBox();
        assert.ok(box && box.y + box.height < 590, "the first violations are seen without scrolling");
        await page.screenshot({ path: `${RESULTS}safety-violated.png` });
        await button.click();
        const { tMs, focus, panel } = await until(page, (state) => state.focus !== null);
        assert.equal(tMs, 41_000);
        assert.deepEqual(focus, { rule: "separation", witness: 0 });
        assert.equal(panel, "safety");
      });
    } finally {
      await violated.close();
    }
  });

  await test("safety: every control has a name, every text can be read", () =>
    withPage(browser, url, { hash: "panel=safety", height: 3200 }, async (page) => {
      await figures(page);
      await page.getByRole("button", { name: "Show all 20" }).waitFor();
      const wrong = await page.evaluate(contrastFaults);
      assert.deepEqual(wrong, []);
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll("aside button, aside input, aside [role=img], aside table")]
          .filter((e) => !(e.getAttribute("aria-label") || e.textContent?.trim() || e.closest("label")?.textContent?.trim()))
          .map((e) => e.outerHTML.slice(0, 120)),
      );
      assert.deepEqual(nameless, []);
    }));

  for (const [width, height] of [
    [360, 640],
    [390, 844],
    [768, 1024],
    [1280, 720],
    [1920, 1080],
  ]) {
    await test(`safety: fits a screen of ${width} × ${height}`, () =>
      withPage(browser, url, { width, height, hash: "panel=safety" }, async (page) => {
        await figures(page);
        const wrong = await page.evaluate(() => {
          const found = [];
          const body = document.querySelector("#panel-body");
          if (!body) return ["no panel"];
          if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
          if (body.scrollWidth > body.clientWidth + 1) found.push(`the panel is ${body.scrollWidth} px wide in ${body.clientWidth} px`);
          const frame = body.getBoundingClientRect();
          for (const e of document.querySelectorAll("#panel-body section *")) {
            const box = e.getBoundingClientRect();
            if (e.closest("svg") || box.width === 0 || getComputedStyle(e).position === "absolute") continue;
            if (box.right > frame.right + 1 || box.left < frame.left - 1) found.push(`${e.tagName}.${e.className} sticks out: ${e.textContent?.slice(0, 40)}`);
          }
          for (const selector of ["header", ".timeline", "aside"]) {
            const box = document.querySelector(selector)?.getBoundingClientRect();
            if (!box || box.left < 0 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5) found.push(`${selector} sticks out`);
          }
          const controls = [...document.querySelectorAll("header button, header input, .transport button, .transport select")].map((e) => ({
            name: e.getAttribute("aria-label") ?? e.getAttribute("title") ?? e.tagName,
            box: e.getBoundingClientRect(),
          }));
          for (const [i, a] of controls.entries()) {
            if (a.box.width === 0) continue;
            if (a.box.left < 0 || a.box.right > innerWidth) found.push(`${a.name} is cut off`);
            for (const b of controls.slice(i + 1)) {
              if (b.box.width === 0) continue;
              const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
              const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
              if (across > 1 && down > 1) found.push(`${a.name} and ${b.name} overlap`);
            }
          }
          return found;
        });
        assert.deepEqual(wrong, []);
        await page.screenshot({ path: `${RESULTS}safety-${width}x${height}.png` });
      }));
  }

  await test("safety: 22,580 vehicles", async () => {
    const large = await startMock({ vehicles: 22_580 });
    try {
      const answer = await fetch(`${large.url}api/v1/safety`);
      const text = await answer.text();
      await withPage(browser, large.url, { hash: "panel=safety&t=90&layers=footprint,dark" }, async (page) => {
        await figures(page);
        await page.getByText("22\u202f580 of 22\u202f580").waitFor();
        await page.locator("#safety-pairs ~ ol button").first().click();
        await until(page, ({ pair }) => pair !== null);
        console.log(`      22,580 vehicles: ${(text.length / 1e6).toFixed(1)} MB of figures`);
        await page.screenshot({ path: `${RESULTS}safety-22580.png` });
      });
    } finally {
      await large.close();
    }
  });
}

/** In the page: texts of the panel whose contrast is below AA (4.5, or 3 for large letters). */
function contrastFaults() {
  /** @param {string} css @returns {number[]} red, green, blue 0 to 1, alpha */
  const parse = (css) => {
    const numbers = (css.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);
    const scale = css.startsWith("color(") ? 1 : 255;
    const [r = 0, g = 0, b = 0, a = 1] = css.startsWith("color(") ? numbers : numbers;
    return [r / scale, g / scale, b / scale, a];
  };
  const luminance = (/** @type {number[]} */ rgb) => {
    const [r, g, b] = rgb.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const over = (/** @type {number[]} */ top, /** @type {number[]} */ below) => below.map((v, k) => v + top[3] * (top[k] - v));
  const backdrop = (/** @type {Element | null} */ element) => {
    /** @type {number[][]} */
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [0.03, 0.04, 0.07]);
  };
  /** @type {string[]} */
  const found = [];
  const walker = document.createTreeWalker(document.querySelector("aside") ?? document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim();
    if (!element || !text || element.closest(".visually-hidden, svg, script") || element.getBoundingClientRect().width === 0) continue;
    const style = getComputedStyle(element);
    const below = backdrop(element);
    const colour = over(parse(style.color), below);
    const [light, dark] = [luminance(colour), luminance(below)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const large = Number.parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 600;
    if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)}: ${text.slice(0, 40)} (${element.className})`);
  }
  return [...new Set(found)];
}
