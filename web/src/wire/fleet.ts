/**
 * The binary form of all trajectories and light programs ("KPK1"), little-endian:
 *
 *     u32 magic "KPK1", version = 1, vehicle count n, segments S, points P, light keys L
 *     u32 segment_offset[n+1], point_offset[n+1], light_offset[n+1]
 *     i32 start_ms[n], i32 segment_end_ms[S], u8 degree[S] padded to a multiple of 4
 *     f32 points[3P]: per vehicle its start, then `degree` control points of each segment
 *     i32 light_t_ms[L], u8 light_rgbf[4L]: red, green, blue, 1 = fades from the key before
 */

import { MalformedAnswer } from "./reader";

/** Highest degree of a Bézier segment. */
export const MAX_DEGREE = 7;

const MAGIC = 0x314b504b;
const HEADER_BYTES = 24;
const MAX_VEHICLES = 200_000;
const MAX_ITEMS = 200_000_000;

/** Decoded trajectories and lights, as views on the received bytes. Site frame, metres, milliseconds. */
export interface Fleet {
  readonly vehicleCount: number;
  /** First segment of each vehicle, then the number of segments. */
  readonly segmentOffset: Uint32Array;
  /** First point of each vehicle, then the number of points. */
  readonly pointOffset: Uint32Array;
  /** First light key of each vehicle, then the number of keys. */
  readonly lightOffset: Uint32Array;
  readonly startMs: Int32Array;
  readonly segmentEndMs: Int32Array;
  readonly degree: Uint8Array;
  /** x, y, z of each control point. */
  readonly pointsM: Float32Array;
  /** Index of the first control point of each segment, the end of the segment before. Derived. */
  readonly segmentPoint: Uint32Array;
  readonly lightMs: Int32Array;
  readonly lightRgbf: Uint8Array;
}

function requireData(condition: boolean, message: string): asserts condition {
  if (!condition) throw new MalformedAnswer(message);
}

function checkOffsets(offsets: Uint32Array, total: number, what: string): void {
  requireData(offsets[0] === 0 && offsets[offsets.length - 1] === total, `${what} offsets do not span 0 to ${total}`);
  for (let i = 1; i < offsets.length; i++) {
    requireData(offsets[i - 1] <= offsets[i], `${what} offsets of vehicle ${i - 1} run backwards`);
  }
}

/**
 * Decodes and checks a "KPK1" answer; views share the buffer.
 *
 * Throws {@link MalformedAnswer} on anything that is not exactly such an answer for `vehicleCount` vehicles.
 */
export function decodeFleet(buffer: ArrayBuffer, vehicleCount: number): Fleet {
  requireData(buffer.byteLength >= HEADER_BYTES, `only ${buffer.byteLength} bytes, the header alone has ${HEADER_BYTES}`);
  const [magic, version, n, segments, points, lights] = new Uint32Array(buffer, 0, 6) as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  requireData(magic === MAGIC, "the data do not begin with KPK1");
  requireData(version === 1, `version ${version} of the format is not known, only version 1`);
  requireData(n === vehicleCount, `trajectories of ${n} vehicles, but the show has ${vehicleCount}`);
  requireData(n <= MAX_VEHICLES, `${n} vehicles, more than the limit of ${MAX_VEHICLES}`);
  requireData(
    segments <= MAX_ITEMS && points <= MAX_ITEMS && lights <= MAX_ITEMS,
    `sizes in the header are above the limit of ${MAX_ITEMS}`,
  );
  const degreeBytes = Math.ceil(segments / 4) * 4;
  const expected =
    HEADER_BYTES + 12 * (n + 1) + 4 * n + 4 * segments + degreeBytes + 12 * points + 4 * lights + 4 * lights;
  requireData(buffer.byteLength === expected, `${buffer.byteLength} bytes, but the header announces ${expected}`);

  let at = HEADER_BYTES;
  const take = (bytes: number): number => (at += bytes) - bytes;
  const segmentOffset = new Uint32Array(buffer, take(4 * (n + 1)), n + 1);
  const pointOffset = new Uint32Array(buffer, take(4 * (n + 1)), n + 1);
  const lightOffset = new Uint32Array(buffer, take(4 * (n + 1)), n + 1);
  const startMs = new Int32Array(buffer, take(4 * n), n);
  const segmentEndMs = new Int32Array(buffer, take(4 * segments), segments);
  const degree = new Uint8Array(buffer, take(degreeBytes), segments);
  const pointsM = new Float32Array(buffer, take(12 * points), 3 * points);
  const lightMs = new Int32Array(buffer, take(4 * lights), lights);
  const lightRgbf = new Uint8Array(buffer, take(4 * lights), 4 * lights);

  checkOffsets(segmentOffset, segments, "segment");
  checkOffsets(pointOffset, points, "point");
  checkOffsets(lightOffset, lights, "light");
  const segmentPoint = new Uint32Array(segments);
  for (let i = 0; i < n; i++) {
    let point = pointOffset[i];
    let last = startMs[i];
    for (let s = segmentOffset[i]; s < segmentOffset[i + 1]; s++) {
      const d = degree[s];
      requireData(d >= 1 && d <= MAX_DEGREE, `vehicle ${i} has a segment of degree ${d}, not 1 to ${MAX_DEGREE}`);
      requireData(segmentEndMs[s] > last, `times of vehicle ${i} do not increase at ${segmentEndMs[s]} ms`);
      segmentPoint[s] = point;
      point += d;
      last = segmentEndMs[s];
    }
    requireData(point + 1 === pointOffset[i + 1], `vehicle ${i} has the wrong number of control points`);
    for (let k = lightOffset[i] + 1; k < lightOffset[i + 1]; k++) {
      requireData(lightMs[k - 1] <= lightMs[k], `light keys of vehicle ${i} are not in time order`);
    }
  }
  requireData(pointsM.every(Number.isFinite), "a coordinate is not a finite number");
  return {
    vehicleCount: n,
    segmentOffset,
    pointOffset,
    lightOffset,
    startMs,
    segmentEndMs,
    degree,
    pointsM,
    segmentPoint,
    lightMs,
    lightRgbf,
  };
}
