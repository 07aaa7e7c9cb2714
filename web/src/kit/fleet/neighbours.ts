/** Distance of one vehicle to its nearest neighbour over the whole show, by sampling. */

import type { Fleet } from "../../wire/fleet";
import { TrajectorySampler } from "./trajectory";

/** Nearest neighbour at one instant. */
export interface Nearest {
  /** Distance with z divided by the downwash scale, metres; infinite when there is no other vehicle. */
  distanceM: number;
  /** Index of the neighbour; -1 when there is none. */
  vehicle: number;
}

/** Nearest neighbour of `vehicle` among `positionsM` (3 numbers a vehicle). O(n). */
export function nearest(positionsM: Float32Array, vehicle: number, downwashScale: number): Nearest {
  const x = positionsM[3 * vehicle];
  const y = positionsM[3 * vehicle + 1];
  const z = positionsM[3 * vehicle + 2];
  const perScale = 1 / downwashScale;
  let best = Infinity;
  let found = -1;
  for (let i = 0, p = 0; p < positionsM.length; i++, p += 3) {
    if (i === vehicle) continue;
    const dx = positionsM[p] - x;
    const dy = positionsM[p + 1] - y;
    const dz = (positionsM[p + 2] - z) * perScale;
    const square = dx * dx + dy * dy + dz * dz;
    if (square < best) {
      best = square;
      found = i;
    }
  }
  return { distanceM: Math.sqrt(best), vehicle: found };
}

/** Indices 0 to count − 1, coarse first: every 32nd, then every 8th, every 2nd, all; each index once. */
export function coarseToFine(count: number): Uint32Array {
  const order = new Uint32Array(count);
  let at = 0;
  let previous = 0;
  for (const stride of [32, 8, 2, 1]) {
    for (let i = 0; i < count; i += stride) {
      if (previous === 0 || i % previous !== 0) order[at++] = i;
    }
    previous = stride;
  }
  return order;
}

/** Samples nearest neighbours of one vehicle in slices, so that a worker can be interrupted between them. */
export class NeighbourSampler {
  private readonly sampler: TrajectorySampler;
  private readonly positionsM: Float32Array;

  constructor(
    fleet: Fleet,
    private readonly downwashScale: number,
  ) {
    this.sampler = new TrajectorySampler(fleet);
    this.positionsM = new Float32Array(3 * fleet.vehicleCount);
  }

  at(vehicle: number, tMs: number): Nearest {
    this.sampler.positions(tMs, this.positionsM);
    return nearest(this.positionsM, vehicle, this.downwashScale);
  }
}
