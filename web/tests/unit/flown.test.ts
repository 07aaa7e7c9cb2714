import { expect, test, vi } from "vitest";
import { FlownSampler, frameAt } from "../../src/kit/fleet/flown";
import { flownOf, STATUSES } from "../../src/wire/answers";
import type { FlownAnswer } from "../../src/wire/flown";
import { decodeFlownBlock, type FlownBlock } from "../../src/wire/flown-block";
import { MalformedAnswer } from "../../src/wire/reader";

const frame = (t_ms: number) => ({ t_ms, vehicles: STATUSES.map(() => 0), closest: null, farthest: null, wind_m_s: [1, 0] as [number, number] });
const answer = (times: number[]): FlownAnswer => ({
  title: "Two",
  is_same_file: true,
  is_truth: true,
  cut: null,
  about: [],
  block_frames: 2,
  frames: times.map(frame),
  events: [],
});

/** A block of frames of one vehicle at these x, flying. */
function block(xs: number[]): FlownBlock {
  const bytes = new ArrayBuffer(16 * xs.length);
  xs.forEach((x, k) => {
    new Float32Array(bytes, 16 * k, 3).set([x, 2 * x, 5]);
    new Uint8Array(bytes, 16 * k + 12, 4).set([1, 0, 0, 0]);
  });
  return decodeFlownBlock(bytes, xs.length, 1);
}

/** The sampler of a log whose frame k of vehicle 0 is at x = xs[k]. */
function sampler(times: number[], xs: number[]) {
  const fetched: number[] = [];
  const onBlock = vi.fn();
  const made = new FlownSampler(
    answer(times),
    (k, frames) => {
      fetched.push(k);
      return Promise.resolve(block(xs.slice(2 * k, 2 * k + frames)));
    },
    onBlock,
  );
  return { made, fetched, onBlock };
}

test("the frame of an instant is the last that is not after it", () => {
  const frames = [frame(-500), frame(0), frame(500)];
  expect([-501, -500, -1, 0, 499, 500, 9999].map((t) => frameAt(frames, t))).toEqual([-1, 0, 0, 1, 1, 2, 2]);
});

test("between frames a vehicle is on the straight line, across blocks too", async () => {
  const { made, fetched } = sampler([0, 500, 1000, 1500, 2000], [0, 1, 3, 7, 9]);
  const out = new Float32Array(3);
  expect(made.positions(750, out)).toBe(false);
  await vi.waitFor(() => expect(made.positions(750, out)).toBe(true));
  expect([...out]).toEqual([2, 4, 5]);
  expect(made.status(0, 750)).toBe("flying");
  await vi.waitFor(() => expect(made.positions(1e9, out)).toBe(true));
  expect([...out]).toEqual([9, 18, 5]);
  expect(made.positions(-1e9, out)).toBe(true);
  expect([...out]).toEqual([0, 0, 5]);
  expect(fetched.toSorted()).toEqual([0, 1, 2]);
});

test("a vehicle that is not heard of stays where it was", async () => {
  const { made } = sampler([0, 500], [4, NaN]);
  const out = new Float32Array(3);
  await vi.waitFor(() => expect(made.positions(250, out)).toBe(true));
  expect(out[0]).toBe(4);
  made.positions(500, out);
  expect(out[0]).toBe(4);
});

test("few blocks are kept, and a fault is told once", async () => {
  const times = Array.from({ length: 40 }, (_, k) => 500 * k);
  const { made, fetched } = sampler(times, times);
  const out = new Float32Array(3);
  for (const t of times) await vi.waitFor(() => expect(made.positions(t, out)).toBe(true));
  await vi.waitFor(() => expect(made.positions(0, out)).toBe(true));
  expect(fetched.filter((k) => k === 0)).toHaveLength(2);

  const onBlock = vi.fn();
  const broken = new FlownSampler(answer([0]), () => Promise.reject(new Error("gone")), onBlock);
  broken.positions(0, out);
  await vi.waitFor(() => expect(onBlock).toHaveBeenCalledOnce());
  broken.positions(0, out);
  await Promise.resolve();
  expect(onBlock).toHaveBeenCalledOnce();
});

test("a block that is not what was asked for is refused", () => {
  expect(() => decodeFlownBlock(new ArrayBuffer(15), 1, 1)).toThrow(MalformedAnswer);
  const odd = new ArrayBuffer(16);
  new Uint8Array(odd)[12] = STATUSES.length;
  expect(() => decodeFlownBlock(odd, 1, 1)).toThrow("status");
});

test("a flight that contradicts its show is refused", () => {
  expect(flownOf(answer([0, 500]), 1).frames).toHaveLength(2);
  expect(() => flownOf(answer([500, 500]), 1)).toThrow("times that increase");
  expect(() => flownOf(answer([]), 1)).toThrow("one frame or more");
  const pair = { ...answer([0]), frames: [{ ...frame(0), closest: { pair: [0, 3], distance_m: 1 } }] };
  expect(() => flownOf(pair, 2)).toThrow("below 2");
});
