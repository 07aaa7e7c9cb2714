/** Messages between the page and the worker that looks for nearest neighbours. */

import type { Fleet } from "../../wire/fleet";

export type Request =
  | { kind: "fleet"; fleet: Fleet; downwashScale: number }
  /** Samples at 0, stepMs, 2·stepMs … below or at durationMs; replaces the request before. */
  | { kind: "vehicle"; request: number; vehicle: number; stepMs: number; durationMs: number };

/** Part of the samples of a request; `index[k]` is the sample that `distanceM[k]` and `neighbour[k]` belong to. */
export interface Reply {
  request: number;
  index: Uint32Array;
  distanceM: Float32Array;
  neighbour: Int32Array;
  done: boolean;
}
