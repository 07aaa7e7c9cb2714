import { describe, expect, test } from "vitest";
import { heatAt, heatColour, heatPixels, heatScale, heatShare } from "../../src/kit/heat";
import type { SafetyFootprint } from "../../src/wire/safety";
import { heatCorners, heatTexels } from "../../src/stage/heat";

/** Three columns, two rows; the hottest cell is the last of the first row: greatest x, least y. */
const grid: SafetyFootprint = {
  cell_m: 2,
  origin_m: [10, -6],
  columns: 3,
  rows: 2,
  vehicle_seconds: [0, 1, 100, 0, 0, 10],
  reach_m: null,
};

describe("the scale", () => {
  test("ends at the power of ten above the greatest value, and has a tick at each below", () => {
    expect(heatScale([0, 3, 70])?.ticks.map((t) => Number(t.toPrecision(6)))).toEqual([0.1, 1, 10, 100]);
    expect(heatScale([100])?.high).toBeCloseTo(100, 9);
    expect(heatScale([0.02])?.high).toBeCloseTo(0.1, 12);
    expect(heatScale([0, 0])).toBeNull();
    expect(heatScale([])).toBeNull();
  });

  test("is logarithmic and never leaves 0 to 1", () => {
    const scale = { low: 0.1, high: 100, ticks: [] };
    expect(heatShare(scale, 0.1)).toBe(0);
    expect(heatShare(scale, 1)).toBeCloseTo(1 / 3, 12);
    expect(heatShare(scale, 100)).toBe(1);
    expect(heatShare(scale, 1e9)).toBe(1);
    expect(heatShare(scale, 1e-9)).toBe(0);
  });

  test("grows brighter all the way, so that it can be read without the hue", () => {
    const light = (share: number): number => {
      const [r, g, b] = heatColour(share);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (let k = 1; k <= 100; k++) expect(light(k / 100)).toBeGreaterThanOrEqual(light((k - 1) / 100));
    expect(light(1)).toBeGreaterThan(light(0) + 150);
  });
});

describe("the picture of a grid", () => {
  const scale = heatScale(grid.vehicle_seconds)!;

  test("has a pixel for each cell in the same order, clear where nothing falls", () => {
    const pixels = heatPixels(grid, scale);
    expect(pixels).toHaveLength(4 * 6);
    const alpha = grid.vehicle_seconds.map((_, i) => pixels[4 * i + 3]);
    expect(alpha.map((a) => a > 0)).toEqual([false, true, true, false, false, true]);
    // The hottest is the brightest.
    expect(pixels[4 * 2]).toBeGreaterThan(pixels[4 * 1]);
  });

  test("lies on the ground with the first row at the least y", () => {
    const [x0, y0, , x1] = heatCorners(grid);
    const [, , , , , , x2, y2] = heatCorners(grid);
    expect([x0, y0, x1, x2, y2]).toEqual([10, -6, 16, 16, -2]);
  });

  test("has its colours multiplied by alpha for the scene", () => {
    const [plain, texels] = [heatPixels(grid, scale), heatTexels(grid, scale)];
    for (let i = 0; i < plain.length; i += 4) {
      expect(texels[i + 3]).toBe(plain[i + 3]);
      for (let k = 0; k < 3; k++) expect(texels[i + k]).toBe(Math.round((plain[i + k] * plain[i + 3]) / 255));
    }
  });

  test("is asked by place", () => {
    expect(heatAt(grid, 15.9, -5.9)).toBe(100);
    expect(heatAt(grid, 15.9, -2.1)).toBe(10);
    expect(heatAt(grid, 10.1, -5.9)).toBe(0);
    for (const [x, y] of [[9.9, -5], [16.1, -5], [11, -6.1], [11, -1.9]]) expect(heatAt(grid, x, y)).toBeNull();
  });
});
