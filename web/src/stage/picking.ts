/** Which vehicle is under the pointer. */

import type { Matrix4 } from "three";

/** Pixel position of a point of the scene; null when it is behind the camera. */
export function project(
  viewProjection: Matrix4,
  atM: ArrayLike<number>,
  first: number,
  widthPx: number,
  heightPx: number,
): { xPx: number; yPx: number } | null {
  const m = viewProjection.elements;
  const [x, y, z] = [atM[first], atM[first + 1], atM[first + 2]];
  const w = m[3] * x + m[7] * y + m[11] * z + m[15];
  if (w <= 0) return null;
  const nx = (m[0] * x + m[4] * y + m[8] * z + m[12]) / w;
  const ny = (m[1] * x + m[5] * y + m[9] * z + m[13]) / w;
  return { xPx: (0.5 + 0.5 * nx) * widthPx, yPx: (0.5 - 0.5 * ny) * heightPx };
}

/** Index of the vehicle nearest to a pixel, at most `reachPx` away; null when there is none. O(n). */
export function pick(
  viewProjection: Matrix4,
  positionsM: Float32Array,
  xPx: number,
  yPx: number,
  widthPx: number,
  heightPx: number,
  reachPx: number,
): number | null {
  let best = reachPx * reachPx;
  let found: number | null = null;
  for (let i = 0; 3 * i < positionsM.length; i++) {
    const at = project(viewProjection, positionsM, 3 * i, widthPx, heightPx);
    if (!at) continue;
    const square = (at.xPx - xPx) ** 2 + (at.yPx - yPx) ** 2;
    if (square < best) {
      best = square;
      found = i;
    }
  }
  return found;
}
