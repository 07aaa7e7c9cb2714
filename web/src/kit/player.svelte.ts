/** The clock of the show. */

export class Player {
  /** Show time, milliseconds. */
  tMs = $state(0);
  playing = $state(false);
  /** Show seconds per second. */
  speed = $state(1);
  durationMs = $state(0);

  seek(tMs: number): void {
    this.tMs = Math.min(Math.max(tMs, 0), this.durationMs);
  }

  step(deltaMs: number): void {
    this.seek(this.tMs + deltaMs);
  }

  /** Plays or pauses; at the end, plays from the start. */
  toggle(): void {
    if (!this.playing && this.tMs >= this.durationMs) this.tMs = 0;
    this.playing = !this.playing;
  }

  /** Advances by `elapsedMs` of wall time. */
  tick(elapsedMs: number): void {
    if (!this.playing) return;
    this.seek(this.tMs + elapsedMs * this.speed);
    if (this.tMs >= this.durationMs) this.playing = false;
  }
}
