/** The nearest neighbour of the selected vehicle over the whole show, as it comes in from the worker. */

import type { Fleet } from "../../wire/fleet";
import type { Reply, Request } from "./protocol";

export const NEIGHBOUR_STEP_MS = 250;

export class Neighbours {
  /** Distances at 0, 250 ms, 500 ms …; null where not known yet. */
  readonly distanceM: (number | null)[];
  readonly neighbour: number[];
  /** Times of the samples, seconds. */
  readonly timesS: Float64Array;
  /** Counts the changes of the arrays, which are changed in place. */
  version = $state(0);
  done = $state(false);
  private worker: Worker | null = null;
  private request = 0;

  constructor(
    private readonly fleet: Fleet,
    private readonly downwashScale: number,
    private readonly durationMs: number,
  ) {
    const count = Math.floor(durationMs / NEIGHBOUR_STEP_MS) + 1;
    this.distanceM = new Array<number | null>(count).fill(null);
    this.neighbour = new Array<number>(count).fill(-1);
    this.timesS = Float64Array.from({ length: count }, (_, i) => (i * NEIGHBOUR_STEP_MS) / 1000);
  }

  /** Starts over for another vehicle. */
  start(vehicle: number): void {
    this.distanceM.fill(null);
    this.neighbour.fill(-1);
    this.done = false;
    this.request++;
    this.version++;
    if (!this.worker) {
      this.worker = new Worker(new URL("./neighbours.worker.ts", import.meta.url), { type: "module" });
      this.worker.onmessage = (event: MessageEvent<Reply>) => this.receive(event.data);
      this.send({ kind: "fleet", fleet: this.fleet, downwashScale: this.downwashScale });
    }
    this.send({
      kind: "vehicle",
      request: this.request,
      vehicle,
      stepMs: NEIGHBOUR_STEP_MS,
      durationMs: this.durationMs,
    });
  }

  /** Least distance known so far and when; null when nothing is known. */
  least(): { distanceM: number; tMs: number; neighbour: number } | null {
    let best: { distanceM: number; tMs: number; neighbour: number } | null = null;
    this.distanceM.forEach((distanceM, i) => {
      if (distanceM !== null && (best === null || distanceM < best.distanceM)) {
        best = { distanceM, tMs: i * NEIGHBOUR_STEP_MS, neighbour: this.neighbour[i] };
      }
    });
    return best;
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = null;
  }

  private send(request: Request): void {
    this.worker?.postMessage(request);
  }

  private receive(reply: Reply): void {
    if (reply.request !== this.request) return;
    reply.index.forEach((at, k) => {
      this.distanceM[at] = Number.isFinite(reply.distanceM[k]) ? reply.distanceM[k] : null;
      this.neighbour[at] = reply.neighbour[k];
    });
    this.done = reply.done;
    this.version++;
  }
}
