import { expect, test } from "vitest";
import { decodeFleet } from "../../src/wire/fleet";
import { LightSampler } from "../../src/kit/fleet/lights";
import { encode, type LightKey } from "../mock/show.mjs";

function colours(keys: LightKey[]): (tMs: number) => number[] {
  const bytes = encode([
    { name: "other", home: [0, 0, 0], startMs: 0, start: [0, 0, 0], segments: [], lights: [{ tMs: 0, rgb: [9, 9, 9], fade: false }] },
    { name: "A", home: [0, 0, 0], startMs: 0, start: [0, 0, 0], segments: [], lights: keys },
  ]);
  const sampler = new LightSampler(decodeFleet(Uint8Array.from(bytes).buffer, 2));
  const out = new Uint8Array(8);
  return (tMs) => {
    sampler.colours(tMs, out);
    return [...out.subarray(4, 7)];
  };
}

const red = [255, 0, 0];
const blue = [0, 0, 255];

test("switches at its time, fades from the key before, and holds", () => {
  const at = colours([
    { tMs: 1000, rgb: red, fade: false },
    { tMs: 2000, rgb: blue, fade: true },
  ]);
  expect(at(999)).toEqual([0, 0, 0]);
  expect(at(1000)).toEqual(red);
  expect(at(1250)).toEqual([191, 0, 63]);
  expect(at(2000)).toEqual(blue);
  expect(at(1e9)).toEqual(blue);
  // And backwards, with the cursor at the end.
  expect(at(1250)).toEqual([191, 0, 63]);
  expect(at(0)).toEqual([0, 0, 0]);
});

test("a first fade starts at 0 ms from black", () => {
  const at = colours([{ tMs: 1000, rgb: [255, 255, 255], fade: true }]);
  expect(at(-5)).toEqual([0, 0, 0]);
  expect(at(500)).toEqual([127, 127, 127]);
});

test("of two keys in one millisecond the last one holds", () => {
  const at = colours([
    { tMs: 500, rgb: red, fade: false },
    { tMs: 500, rgb: blue, fade: false },
  ]);
  expect(at(499)).toEqual([0, 0, 0]);
  expect(at(500)).toEqual(blue);
});

test("a program without keys is dark", () => {
  const at = colours([]);
  expect(at(0)).toEqual([0, 0, 0]);
  expect(at(1e6)).toEqual([0, 0, 0]);
});
