import { expect, test } from "vitest";
import { boxAround, boxOfHeat, boxOfSite, centroid, clip, fitBox, niceBelow, outline, pointAt, ringDistances, zoomView } from "../../src/map/site-map";
import type { Environment } from "../../src/wire/show";

const nothing: Environment = { geofence: null, indoor: false, keep_outs: [], audiences: [], waters: [], roads: [], landmarks: [] };
const heat = { cell_m: 2, origin_m: [10, -6] as const, columns: 3, rows: 2, vehicle_seconds: [0, 1, 0, 0, 0, 10], reach_m: null };

test("a site without anything still has a box", () => {
  expect(boxOfSite(nothing, [], null)).toEqual({ left: -50, right: 50, near: -50, far: 50 });
});

test("the box holds pads, fence and footprint, not a river that runs through", () => {
  const environment: Environment = {
    ...nothing,
    geofence: { polygon_m: [[-30, 0], [0, 40], [20, 0]], holes_m: [], also_inside_m: [] },
    waters: [{ name: "River", polygon_m: [[-3000, -90], [3000, -90], [0, -50]] }],
  };
  expect(boxOfSite(environment, [[0, -12]], heat)).toEqual({ left: -30, right: 20, near: -12, far: 40 });
});

test("the footprint's box is that of the cells with a value", () => {
  expect(boxOfHeat(heat)).toEqual({ left: 12, right: 16, near: -6, far: -2 });
  expect(boxOfHeat({ ...heat, vehicle_seconds: [0, 0, 0, 0, 0, 0] })).toBeNull();
});

test("a fitted box is all inside the map", () => {
  const box = { left: -100, right: 300, near: 0, far: 90 };
  const view = fitBox(box, 600, 300, 20);
  expect([view.xM, view.yM]).toEqual([100, 45]);
  expect((box.right - box.left) / view.mPerPx).toBeLessThanOrEqual(560 + 1e-9);
  expect((box.far - box.near) / view.mPerPx).toBeLessThanOrEqual(260 + 1e-9);
});

test("the point under the pointer stays where it is when the map is zoomed", () => {
  const view = { xM: 12, yM: -7, mPerPx: 0.8 };
  const pointer = [130, -45] as const;
  const [x, y] = pointAt(zoomView(view, 0.5, pointer), pointer);
  expect(x).toBeCloseTo(pointAt(view, pointer)[0], 9);
  expect(y).toBeCloseTo(pointAt(view, pointer)[1], 9);
  // Up on the screen is ahead.
  expect(pointAt(view, [0, -10])[1]).toBeGreaterThan(view.yM);
});

test("there is an end to zooming", () => {
  let view = { xM: 0, yM: 0, mPerPx: 1 };
  for (let k = 0; k < 100; k++) view = zoomView(view, 0.5);
  expect(view.mPerPx).toBe(0.02);
  for (let k = 0; k < 100; k++) view = zoomView(view, 2);
  expect(view.mPerPx).toBe(20);
});

test.each([[0.9, 0.5], [1, 1], [4.99, 2], [5, 5], [83, 50], [1999, 1000]])("nice below %d is %d", (value, nice) => {
  expect(niceBelow(value)).toBeCloseTo(nice, 12);
});

test("rings double, and fit the site", () => {
  expect(ringDistances({ left: 0, right: 400, near: 0, far: 100 })).toEqual([20, 40, 80]);
});

test("a polygon is cut to what is seen of it", () => {
  const box = { left: 0, right: 10, near: 0, far: 10 };
  const river = [[-100, 4], [100, 4], [100, 6], [-100, 6]] as const;
  expect(centroid(clip(river, box))).toEqual([5, 5]);
  expect(boxAround(clip(river, box))).toEqual({ left: 0, right: 10, near: 4, far: 6 });
  // A slanted one: the name stands in the corner that is seen, not in the middle of its rectangle.
  const corner = [[-10, 12], [4, 12], [-10, -2]] as const;
  const [x, y] = centroid(clip(corner, box))!;
  expect(x).toBeCloseTo(2 / 3, 9);
  expect(y).toBeCloseTo(28 / 3, 9);
  expect(centroid(clip([[20, 0], [30, 0], [25, 8]], box))).toBeNull();
  expect(clip([[1, 1], [2, 1], [2, 2]], box)).toHaveLength(3);
});

test("outlines are closed paths, and boxes hold all points", () => {
  expect(outline([[0, 0], [10, 0.123456], [3, -4]])).toBe("M0 0L10 0.12L3 -4Z");
  expect(boxAround([])).toBeNull();
  expect(boxAround([[3, 4]])).toEqual({ left: 3, right: 3, near: 4, far: 4 });
});
