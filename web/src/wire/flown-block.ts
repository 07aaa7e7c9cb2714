/**
 * Where all vehicles were in some frames of a flight log, little-endian:
 *
 *     for each frame: f32 x, y, z of each vehicle (no number: not heard of), u8 status of each, padded to a multiple of 4
 */

import { STATUSES } from "./answers";
import { MalformedAnswer } from "./reader";

/** Views on the received bytes, by frame. Site frame, metres. */
export interface FlownBlock {
  readonly positionsM: readonly Float32Array[];
  /** Number of the status of each vehicle. */
  readonly statuses: readonly Uint8Array[];
}

/** Decodes and checks a block. Throws {@link MalformedAnswer}. */
export function decodeFlownBlock(buffer: ArrayBuffer, frames: number, vehicleCount: number): FlownBlock {
  const frameBytes = 12 * vehicleCount + 4 * Math.ceil(vehicleCount / 4);
  if (buffer.byteLength !== frames * frameBytes) {
    throw new MalformedAnswer(`${buffer.byteLength} bytes, but ${frames} frames of ${vehicleCount} vehicles have ${frames * frameBytes}`);
  }
  const starts = Array.from({ length: frames }, (_, k) => k * frameBytes);
  const positionsM = starts.map((start) => new Float32Array(buffer, start, 3 * vehicleCount));
  const statuses = starts.map((start) => new Uint8Array(buffer, start + 12 * vehicleCount, vehicleCount));
  if (statuses.some((all) => all.some((status) => status >= STATUSES.length))) {
    throw new MalformedAnswer(`a status that is not one of 0 to ${STATUSES.length - 1}`);
  }
  return { positionsM, statuses };
}
