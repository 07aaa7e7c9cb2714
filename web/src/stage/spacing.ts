/** How far lights stand from each other: their size in a picture follows it (swarm.ts). */

import { isLit } from "./framing";

/** How many lights are asked for their neighbour. */
const ASKED = 320;

/** Median distance of lights to their nearest neighbour; null for less than two lights. O(320 n). */
export function typicalSpacingM(positionsM: Float32Array, colours: Uint8Array): number | null {
  const lit: number[] = [];
  for (let i = 0; 4 * i < colours.length; i++) {
    if (isLit(colours, i)) lit.push(3 * i);
  }
  if (lit.length < 2) return null;
  const every = Math.ceil(lit.length / ASKED);
  const nearest: number[] = [];
  for (let k = 0; k < lit.length; k += every) {
    const [x, y, z] = [positionsM[lit[k]], positionsM[lit[k] + 1], positionsM[lit[k] + 2]];
    let best = Infinity;
    for (const q of lit) {
      if (q === lit[k]) continue;
      const square = (positionsM[q] - x) ** 2 + (positionsM[q + 1] - y) ** 2 + (positionsM[q + 2] - z) ** 2;
      if (square < best) best = square;
    }
    nearest.push(Math.sqrt(best));
  }
  nearest.sort((a, b) => a - b);
  return nearest[Math.floor(nearest.length / 2)];
}
