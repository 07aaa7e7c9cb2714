/** Where vehicles were at any instant of a flight log: a straight line between its frames. */

import type { VehicleStatus } from "../../wire/answers";
import { STATUSES } from "../../wire/answers";
import type { FlownAnswer } from "../../wire/flown";
import type { FlownBlock } from "../../wire/flown-block";

/** Blocks that are kept: a minute or so of twice a second. */
const KEPT = 6;

/** Index of the last of `times` that is not after `tMs`; -1 before the first. */
export function frameAt(frames: readonly { t_ms: number }[], tMs: number): number {
  let [low, high] = [0, frames.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle].t_ms <= tMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Fetches the blocks around the instant that is asked for, and keeps the last ones. */
export class FlownSampler {
  private readonly blocks = new Map<number, FlownBlock>();
  private readonly asked = new Set<number>();

  /** `fetchBlock` gets block k, which has so many frames; `onBlock` is told when one has come, or why it did not. */
  constructor(
    readonly flown: FlownAnswer,
    private readonly fetchBlock: (block: number, frames: number) => Promise<FlownBlock>,
    private readonly onBlock: (failed: unknown) => void,
  ) {}

  /**
   * Writes x, y, z of every vehicle at `tMs` into `outM`; before the first frame and after the last where it was in these. A
   * vehicle that was not heard of is where it was heard of last, as far as blocks are there. False while the block is not.
   */
  positions(tMs: number, outM: Float32Array): boolean {
    const { frames } = this.flown;
    const k = Math.min(Math.max(frameAt(frames, tMs), 0), frames.length - 1);
    const next = Math.min(k + 1, frames.length - 1);
    const [from, to] = [this.frame(k), this.frame(next)];
    this.want(this.blockOf(k) + 1);
    if (!from || !to) return false;
    const spanMs = frames[next].t_ms - frames[k].t_ms;
    const u = spanMs > 0 ? Math.min(Math.max((tMs - frames[k].t_ms) / spanMs, 0), 1) : 0;
    for (let i = 0; i < outM.length; i++) {
      const [a, b] = [from[i], to[i]];
      // No number: it was not heard of in one of the two.
      if (a === a) outM[i] = b === b ? a + u * (b - a) : a;
      else if (b === b) outM[i] = b;
    }
    return true;
  }

  /** What a vehicle was doing; null while that is not known. */
  status(vehicle: number, tMs: number): VehicleStatus | null {
    const k = Math.max(frameAt(this.flown.frames, tMs), 0);
    const statuses = this.blocks.get(this.blockOf(k))?.statuses;
    return statuses ? STATUSES[statuses[k % this.flown.block_frames][vehicle]] : null;
  }

  private blockOf(frame: number): number {
    return Math.floor(frame / this.flown.block_frames);
  }

  private frame(k: number): Float32Array | null {
    const block = this.blockOf(k);
    this.want(block);
    return this.blocks.get(block)?.positionsM[k % this.flown.block_frames] ?? null;
  }

  private want(block: number): void {
    const { frames, block_frames: size } = this.flown;
    const count = Math.min(frames.length - block * size, size);
    const known = this.blocks.get(block);
    if (known) {
      // The last that were asked for are the last to go.
      this.blocks.delete(block);
      this.blocks.set(block, known);
    }
    if (count <= 0 || known || this.asked.has(block)) return;
    this.asked.add(block);
    this.fetchBlock(block, count).then(
      (come) => {
        this.asked.delete(block);
        this.blocks.set(block, come);
        for (const old of [...this.blocks.keys()].slice(0, -KEPT)) this.blocks.delete(old);
        this.onBlock(null);
      },
      // It stays asked for: a fault is told once, not at every frame.
      (error: unknown) => this.onBlock(error),
    );
  }
}
