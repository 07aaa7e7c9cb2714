/** The clock of a show. */

import { SPEEDS } from "./speeds";

export class Player {
  /** Show time, milliseconds. */
  tMs = $state(0);
  /** Show time as texts and marks tell it: while playing renewed only so often, see `tellEveryMs`. */
  toldMs = $state(0);
  /** Least wall time between two changes of `toldMs` while playing, milliseconds: where the processor draws, texts cost as much as the picture. */
  tellEveryMs = 0;
  private untoldMs = 0;
  playing = $state(false);
  /** Show seconds per second. */
  speed = $state(1);
  durationMs = $state(0);

  seek(tMs: number): void {
    this.tMs = Math.min(Math.max(tMs, 0), this.durationMs);
    this.toldMs = this.tMs;
    this.untoldMs = 0;
  }

  step(deltaMs: number): void {
    this.seek(this.tMs + deltaMs);
  }

  /** Stops, and goes to an instant. */
  stopAt(tMs: number): void {
    this.playing = false;
    this.seek(tMs);
  }

  /** To the next of these instants or the end, or to the one before or the start. */
  stepTo(instantsMs: readonly number[], by: 1 | -1): void {
    if (by > 0) this.seek(instantsMs.find((t) => t > this.tMs + 1) ?? this.durationMs);
    // Shortly after an instant, "previous" means the one before.
    else this.seek(instantsMs.filter((t) => t < this.tMs - 1500).at(-1) ?? 0);
  }

  /** Plays or pauses; at the end, plays from the start. */
  toggle(): void {
    if (!this.playing && this.tMs >= this.durationMs) this.tMs = 0;
    this.playing = !this.playing;
    this.toldMs = this.tMs;
  }

  faster(by: 1 | -1): void {
    const at = SPEEDS.findIndex((s) => s === this.speed);
    this.speed = SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)];
  }

  /** Advances by `elapsedMs` of wall time. */
  tick(elapsedMs: number): void {
    if (!this.playing) return;
    this.tMs = Math.min(this.tMs + elapsedMs * this.speed, this.durationMs);
    this.untoldMs += elapsedMs;
    if (this.tMs >= this.durationMs) this.playing = false;
    if (this.untoldMs >= this.tellEveryMs || !this.playing) this.seek(this.tMs);
  }
}
