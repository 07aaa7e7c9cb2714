/** Looks for the nearest neighbour of one vehicle over the whole show, coarse samples first, off the main thread. */

import { coarseToFine, NeighbourSampler } from "./neighbours";
import type { Reply, Request } from "./protocol";

/** How long the worker looks before it listens again, milliseconds. */
const SLICE_MS = 40;

let sampler: NeighbourSampler | null = null;
let current = 0;

// The types of a worker's global scope and of a window's cannot be loaded together; these two members are all we use.
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(reply: Reply, transfer: Transferable[]): void;
};

async function run(neighbours: NeighbourSampler, task: Extract<Request, { kind: "vehicle" }>): Promise<void> {
  const order = coarseToFine(Math.floor(task.durationMs / task.stepMs) + 1);
  let at = 0;
  while (at < order.length) {
    const from = at;
    const distances: number[] = [];
    const vehicles: number[] = [];
    const untilMs = performance.now() + SLICE_MS;
    do {
      const found = neighbours.at(task.vehicle, order[at] * task.stepMs);
      distances.push(found.distanceM);
      vehicles.push(found.vehicle);
      at++;
    } while (at < order.length && performance.now() < untilMs);
    const reply: Reply = {
      request: task.request,
      index: order.slice(from, at),
      distanceM: Float32Array.from(distances),
      neighbour: Int32Array.from(vehicles),
      done: at === order.length,
    };
    scope.postMessage(reply, [reply.index.buffer, reply.distanceM.buffer, reply.neighbour.buffer]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (current !== task.request) return;
  }
}

scope.onmessage = ({ data }) => {
  if (data.kind === "fleet") {
    sampler = new NeighbourSampler(data.fleet, data.downwashScale);
  } else if (sampler) {
    current = data.request;
    void run(sampler, data);
  }
};
