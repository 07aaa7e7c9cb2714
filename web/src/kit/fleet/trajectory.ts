/**
 * Where every vehicle is at an instant: piecewise Bézier curves of degree 1 to 7, evaluated for the whole fleet in one
 * loop over typed arrays. Each vehicle keeps a cursor to its segment, so that playing costs no search.
 */

import { MAX_DEGREE, type Fleet } from "../../wire/fleet";

/** Position, velocity and acceleration of one vehicle, site frame. */
export interface Motion {
  positionM: [number, number, number];
  velocityMS: [number, number, number];
  accelerationMS2: [number, number, number];
}

/**
 * Evaluates a Bézier curve by Horner's scheme for the Bernstein form.
 * `points` holds `degree + 1` values, `stride` apart, from `first` on.
 */
export function bezier(points: ArrayLike<number>, first: number, stride: number, degree: number, u: number): number {
  const s = 1 - u;
  let power = 1;
  let binomial = 1;
  let value = points[first] * s;
  for (let k = 1; k < degree; k++) {
    power *= u;
    binomial = (binomial * (degree - k + 1)) / k;
    value = (value + power * binomial * points[first + k * stride]) * s;
  }
  return value + power * u * points[first + degree * stride];
}

/** Evaluates the fleet's trajectories. At rest at the ends before the start and after the end. */
export class TrajectorySampler {
  /** Segment in which each vehicle was last. */
  private readonly cursor: Uint32Array;
  private readonly control = new Float64Array(MAX_DEGREE + 1);

  constructor(readonly fleet: Fleet) {
    this.cursor = fleet.segmentOffset.slice(0, fleet.vehicleCount);
  }

  /** Writes x, y, z of every vehicle at `tMs` into `outM` (3 numbers a vehicle). */
  positions(tMs: number, outM: Float32Array): void {
    const { vehicleCount, segmentOffset, pointOffset, startMs, segmentEndMs, degree, pointsM, segmentPoint } = this.fleet;
    const cursor = this.cursor;
    for (let i = 0; i < vehicleCount; i++) {
      const first = segmentOffset[i];
      const last = segmentOffset[i + 1] - 1;
      const out = 3 * i;
      if (last < first || tMs <= startMs[i]) {
        const p = 3 * pointOffset[i];
        outM[out] = pointsM[p];
        outM[out + 1] = pointsM[p + 1];
        outM[out + 2] = pointsM[p + 2];
        continue;
      }
      if (tMs >= segmentEndMs[last]) {
        const p = 3 * (pointOffset[i + 1] - 1);
        outM[out] = pointsM[p];
        outM[out + 1] = pointsM[p + 1];
        outM[out + 2] = pointsM[p + 2];
        continue;
      }
      let s = cursor[i];
      while (tMs > segmentEndMs[s]) s++;
      while (s > first && tMs <= segmentEndMs[s - 1]) s--;
      cursor[i] = s;
      const beginMs = s === first ? startMs[i] : segmentEndMs[s - 1];
      const u = (tMs - beginMs) / (segmentEndMs[s] - beginMs);
      const p = 3 * segmentPoint[s];
      const d = degree[s];
      if (d === 1) {
        outM[out] = pointsM[p] + u * (pointsM[p + 3] - pointsM[p]);
        outM[out + 1] = pointsM[p + 1] + u * (pointsM[p + 4] - pointsM[p + 1]);
        outM[out + 2] = pointsM[p + 2] + u * (pointsM[p + 5] - pointsM[p + 2]);
        continue;
      }
      const r = 1 - u;
      let power = 1;
      let binomial = 1;
      let x = pointsM[p] * r;
      let y = pointsM[p + 1] * r;
      let z = pointsM[p + 2] * r;
      let q = p + 3;
      for (let k = 1; k < d; k++, q += 3) {
        power *= u;
        binomial = (binomial * (d - k + 1)) / k;
        const weight = power * binomial;
        x = (x + weight * pointsM[q]) * r;
        y = (y + weight * pointsM[q + 1]) * r;
        z = (z + weight * pointsM[q + 2]) * r;
      }
      power *= u;
      outM[out] = x + power * pointsM[q];
      outM[out + 1] = y + power * pointsM[q + 1];
      outM[out + 2] = z + power * pointsM[q + 2];
    }
  }

  /** Segment that governs `tMs`, the earlier one at a joint; -1 when the vehicle is at rest at an end. */
  segmentAt(vehicle: number, tMs: number): number {
    const { segmentOffset, startMs, segmentEndMs } = this.fleet;
    let low = segmentOffset[vehicle];
    const end = segmentOffset[vehicle + 1];
    if (low === end || tMs < startMs[vehicle] || tMs > segmentEndMs[end - 1]) return -1;
    let high = end - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (segmentEndMs[middle] < tMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Position of one vehicle at `tMs`, without touching the cursors. */
  position(vehicle: number, tMs: number): [number, number, number] {
    return this.motion(vehicle, tMs).positionM;
  }

  /** Position and derivatives of one vehicle at `tMs`. */
  motion(vehicle: number, tMs: number): Motion {
    const { pointOffset, segmentOffset, startMs, segmentEndMs, degree, pointsM, segmentPoint } = this.fleet;
    const s = this.segmentAt(vehicle, tMs);
    const motion: Motion = { positionM: [0, 0, 0], velocityMS: [0, 0, 0], accelerationMS2: [0, 0, 0] };
    if (s < 0) {
      const p = tMs <= startMs[vehicle] ? 3 * pointOffset[vehicle] : 3 * (pointOffset[vehicle + 1] - 1);
      for (let axis = 0; axis < 3; axis++) motion.positionM[axis] = pointsM[p + axis];
      return motion;
    }
    const beginMs = s === segmentOffset[vehicle] ? startMs[vehicle] : segmentEndMs[s - 1];
    const lengthMs = segmentEndMs[s] - beginMs;
    const perSecond = 1000 / lengthMs;
    const u = (tMs - beginMs) / lengthMs;
    const d = degree[s];
    const control = this.control;
    for (let axis = 0; axis < 3; axis++) {
      const p = 3 * segmentPoint[s] + axis;
      for (let k = 0; k <= d; k++) control[k] = pointsM[p + 3 * k];
      motion.positionM[axis] = bezier(control, 0, 1, d, u);
      for (let k = 0; k < d; k++) control[k] = d * (control[k + 1] - control[k]) * perSecond;
      motion.velocityMS[axis] = d === 1 ? control[0] : bezier(control, 0, 1, d - 1, u);
      for (let k = 0; k < d - 1; k++) control[k] = (d - 1) * (control[k + 1] - control[k]) * perSecond;
      motion.accelerationMS2[axis] = d === 1 ? 0 : d === 2 ? control[0] : bezier(control, 0, 1, d - 2, u);
    }
    return motion;
  }
}
