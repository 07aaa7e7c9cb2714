import { describe, expect, test } from "vitest";
import { decodeFleet } from "../../src/wire/fleet";
import { MalformedAnswer } from "../../src/wire/reader";
import { encode, makeShow } from "../mock/show.mjs";

const { trajectories } = makeShow(12);
const good = (): ArrayBuffer => Uint8Array.from(trajectories).buffer;

/** The good bytes with a 32-bit number changed. */
function changed(byte: number, value: number): ArrayBuffer {
  const bytes = good();
  new DataView(bytes).setUint32(byte, value, true);
  return bytes;
}

test("good bytes are read", () => {
  const fleet = decodeFleet(good(), 12);
  expect(fleet.vehicleCount).toBe(12);
  expect(fleet.segmentOffset[12]).toBe(fleet.degree.length);
  expect(fleet.pointsM.length).toBe(3 * fleet.pointOffset[12]);
});

describe("bad bytes are refused with the reason", () => {
  const cases: [string, () => ArrayBuffer, RegExp][] = [
    ["empty", () => new ArrayBuffer(0), /only 0 bytes/],
    ["another format", () => changed(0, 0x04034b50), /do not begin with KPK1/],
    ["another version", () => changed(4, 2), /version 2/],
    ["another number of vehicles", () => changed(8, 13), /13 vehicles, but the show has 12/],
    ["a size beyond the limit", () => changed(12, 0xffffffff), /above the limit/],
    ["cut off", () => good().slice(0, -4), /header announces/],
    ["too long", () => Uint8Array.from([...trajectories, 0, 0, 0, 0]).buffer, /header announces/],
    ["offsets that do not start at 0", () => changed(24, 1), /segment offsets/],
    ["offsets that run backwards", () => changed(28, 1_000_000), /run backwards|segment offsets/],
  ];
  test.each(cases)("%s", (_name, bytes, reason) => {
    expect(() => decodeFleet(bytes(), 12)).toThrow(MalformedAnswer);
    expect(() => decodeFleet(bytes(), 12)).toThrow(reason);
  });

  const vehicle = { name: "A", home: [0, 0, 0], startMs: 0, start: [0, 0, 0], lights: [] };
  const of = (segments: { endMs: number; control: number[][] }[], extra = {}): ArrayBuffer =>
    Uint8Array.from(encode([{ ...vehicle, segments, ...extra }])).buffer;
  test("times that do not increase", () => {
    expect(() => decodeFleet(of([{ endMs: 0, control: [[1, 1, 1]] }]), 1)).toThrow(/do not increase/);
  });
  test("a degree of 8", () => {
    const control = Array.from({ length: 8 }, () => [1, 1, 1]);
    expect(() => decodeFleet(of([{ endMs: 10, control }]), 1)).toThrow(/degree 8/);
  });
  test("a coordinate that is no number", () => {
    expect(() => decodeFleet(of([{ endMs: 10, control: [[1, NaN, 1]] }]), 1)).toThrow(/not a finite number/);
  });
  test("light keys out of order", () => {
    const lights = [9, 5].map((tMs) => ({ tMs, rgb: [1, 1, 1], fade: false }));
    expect(() => decodeFleet(of([], { lights }), 1)).toThrow(/time order/);
  });
});
