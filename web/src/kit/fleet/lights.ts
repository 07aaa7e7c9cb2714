/**
 * What colour every vehicle's light has at an instant: keys in time order, black before the first. A key switches at
 * its time, or fades linearly from the key before it (from black at 0 ms when it is the first) and arrives at its time.
 */

import type { Fleet } from "../../wire/fleet";

/** Evaluates the fleet's light programs, with a cursor per vehicle. */
export class LightSampler {
  /** First key later than the instant last asked for. */
  private readonly cursor: Uint32Array;

  constructor(readonly fleet: Fleet) {
    this.cursor = fleet.lightOffset.slice(0, fleet.vehicleCount);
  }

  /** Writes red, green, blue (0 to 255) of every vehicle at `tMs` into `out`, 4 bytes a vehicle, the fourth 255. */
  colours(tMs: number, out: Uint8Array): void {
    for (let i = 0; i < this.fleet.vehicleCount; i++) this.colour(i, tMs, out, 4 * i);
  }

  /** Writes the colour of one vehicle to `out[at…at+3]`. Fractions are cut off, as the vehicles do. */
  colour(vehicle: number, tMs: number, out: Uint8Array, at: number): void {
    const { lightOffset, lightMs, lightRgbf } = this.fleet;
    const first = lightOffset[vehicle];
    const end = lightOffset[vehicle + 1];
    let next = this.cursor[vehicle];
    while (next < end && lightMs[next] <= tMs) next++;
    while (next > first && lightMs[next - 1] > tMs) next--;
    this.cursor[vehicle] = next;

    let red = 0;
    let green = 0;
    let blue = 0;
    if (next > first) {
      const k = 4 * (next - 1);
      red = lightRgbf[k];
      green = lightRgbf[k + 1];
      blue = lightRgbf[k + 2];
    }
    if (next < end && lightRgbf[4 * next + 3] !== 0) {
      const fromMs = next > first ? lightMs[next - 1] : 0;
      const toMs = lightMs[next];
      if (toMs > fromMs && tMs > fromMs) {
        const u = (tMs - fromMs) / (toMs - fromMs);
        const k = 4 * next;
        red += (lightRgbf[k] - red) * u;
        green += (lightRgbf[k + 1] - green) * u;
        blue += (lightRgbf[k + 2] - blue) * u;
      }
    }
    out[at] = red;
    out[at + 1] = green;
    out[at + 2] = blue;
    out[at + 3] = 255;
  }
}
