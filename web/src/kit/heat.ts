/** The footprint as a picture: a logarithmic scale of colours, ticks for its legend, pixels of a grid. */

import type { SafetyFootprint } from "../wire/safety";

/** Values from `low` to `high` run through the colours; what is below `low` but above 0 has the first. */
export interface HeatScale {
  low: number;
  high: number;
  /** Powers of ten from `low` to `high`. */
  ticks: number[];
}

/** Decades below the greatest value that are told apart. */
const DECADES = 3;

/** Dark violet to pale yellow: brightness grows evenly, so the order can be read without the hue. */
const STOPS: readonly (readonly [at: number, red: number, green: number, blue: number, alpha: number])[] = [
  [0.0, 70, 32, 120, 0.42],
  [0.25, 128, 37, 130, 0.62],
  [0.5, 205, 64, 100, 0.76],
  [0.75, 249, 140, 62, 0.86],
  [1.0, 252, 242, 164, 0.94],
];

/** The scale of a grid; null when all of it is 0. */
export function heatScale(values: readonly number[]): HeatScale | null {
  const greatest = values.reduce((a, b) => Math.max(a, b), 0);
  if (!(greatest > 0)) return null;
  const top = Math.ceil(Math.log10(greatest) - 1e-9);
  const ticks = Array.from({ length: DECADES + 1 }, (_, i) => 10 ** (top - DECADES + i));
  return { low: ticks[0], high: ticks[DECADES], ticks };
}

/** Place of a value on the scale, 0 to 1. */
export function heatShare({ low, high }: HeatScale, value: number): number {
  if (value <= low) return 0;
  return Math.min(Math.log(value / low) / Math.log(high / low), 1);
}

/** Colour at a place of the scale: red, green, blue 0 to 255, alpha 0 to 1. */
export function heatColour(share: number): [number, number, number, number] {
  const u = Math.min(Math.max(share, 0), 1);
  const k = Math.max(1, STOPS.findIndex(([at]) => at >= u));
  const [a, b] = [STOPS[k - 1], STOPS[k]];
  const v = (u - a[0]) / (b[0] - a[0]);
  const mix = (i: 1 | 2 | 3 | 4): number => a[i] + v * (b[i] - a[i]);
  return [Math.round(mix(1)), Math.round(mix(2)), Math.round(mix(3)), mix(4)];
}

/** The scale as a CSS background, from left to right. */
export function heatGradient(): string {
  return `linear-gradient(to right, ${STOPS.map(([at, r, g, b]) => `rgb(${r} ${g} ${b}) ${100 * at}%`).join(", ")})`;
}

/**
 * Red, green, blue, alpha (not multiplied in) of each cell, in the order of the grid: the first row has the least y.
 * Cells without a value are clear.
 */
export function heatPixels({ vehicle_seconds }: SafetyFootprint, scale: HeatScale): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * vehicle_seconds.length);
  vehicle_seconds.forEach((value, i) => {
    if (!(value > 0)) return;
    const [r, g, b, a] = heatColour(heatShare(scale, value));
    pixels.set([r, g, b, Math.round(255 * a)], 4 * i);
  });
  return pixels;
}

/** Value of the grid at a point of the site; null outside of it. */
export function heatAt(grid: SafetyFootprint, xM: number, yM: number): number | null {
  const column = Math.floor((xM - grid.origin_m[0]) / grid.cell_m);
  const row = Math.floor((yM - grid.origin_m[1]) / grid.cell_m);
  if (column < 0 || row < 0 || column >= grid.columns || row >= grid.rows) return null;
  return grid.vehicle_seconds[row * grid.columns + column];
}
