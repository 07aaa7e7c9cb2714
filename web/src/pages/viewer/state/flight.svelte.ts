/** A flight beside its plan: the log that the server was given, and whether the picture shows what was flown. */

import { FlownSampler, frameAt } from "../../../kit/fleet/flown";
import { wordsOf } from "./api-words";
import { ApiError, fetchFlown, fetchFlownBlock } from "../../../wire/api";
import type { FlownAnswer } from "../../../wire/flown";
import type { ShowAnswer } from "../../../wire/show";

export class Flight {
  sampler = $state.raw<FlownSampler | null>(null);
  /** Does the picture show what was flown? Only where there is a log. */
  isShown = $state(true);
  /** Counts the blocks that have come, so that the picture is drawn with them. */
  blocks = $state(0);
  /** Why the log, or a part of it, is not shown. */
  fault = $state("");
  private version = 0;

  get log(): FlownAnswer | null {
    return this.sampler?.flown ?? null;
  }

  /** What the picture is drawn from in place of the plan; null where that is shown. */
  get drawn(): FlownSampler | null {
    return this.isShown ? this.sampler : null;
  }

  /** The frame of an instant, the first before the first; null without a log. */
  frame(tMs: number): FlownAnswer["frames"][number] | null {
    const frames = this.log?.frames;
    return frames ? frames[Math.max(frameAt(frames, tMs), 0)] : null;
  }

  /** Asks the server for the log, once for each version of the show. */
  async load(show: ShowAnswer): Promise<void> {
    if (show.version === this.version) return;
    this.version = show.version;
    this.sampler = null;
    this.fault = "";
    const say = (error: unknown): void => {
      if (show.version === this.version) this.fault = error instanceof ApiError ? wordsOf(error).message : String(error);
    };
    try {
      const flown = await fetchFlown(show);
      if (!flown || show.version !== this.version) return;
      const fetchBlock = (block: number, frames: number) => fetchFlownBlock(show, block, frames);
      this.sampler = new FlownSampler(flown, fetchBlock, (error) => (error ? say(error) : this.blocks++));
    } catch (error) {
      say(error);
    }
  }
}
