import { describe, expect, test } from "vitest";
import { decodeFleet } from "../../src/wire/fleet";
import { bezier, TrajectorySampler } from "../../src/kit/fleet/trajectory";
import { encode, makeShow, positionOf, type Vehicle } from "../mock/show.mjs";

const buffer = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

/** One vehicle with a piece of every degree from 1 to 7, starting at 1 s. */
function everyDegree(): Vehicle {
  const segments = [];
  let seed = 1;
  const coordinate = (): number => ((seed = (seed * 48271) % 2147483647) / 2147483647) * 80 - 40;
  for (let degree = 1; degree <= 7; degree++) {
    const control = Array.from({ length: degree }, () => [coordinate(), coordinate(), coordinate()]);
    segments.push({ endMs: 1000 + 1500 * degree, control });
  }
  return { name: "A", home: [1, 2, 3], startMs: 1000, start: [1, 2, 3], segments, lights: [] };
}

const sampler = (vehicles: Vehicle[]): TrajectorySampler =>
  new TrajectorySampler(decodeFleet(buffer(encode(vehicles)), vehicles.length));

/** Coordinates travel as f32: this is its step at 40 m, with room for the sums. */
const TOLERANCE_M = 1e-4;

describe("positions", () => {
  test("agree with de Casteljau's scheme for every degree, forwards, backwards and in jumps", () => {
    const vehicle = everyDegree();
    const fleet = sampler([vehicle]);
    const out = new Float32Array(3);
    const forwards = Array.from({ length: 400 }, (_, i) => 30 * i);
    const jumps = forwards.map((_, i) => forwards[(i * 149) % forwards.length]);
    for (const tMs of [...forwards, ...forwards.toReversed(), ...jumps]) {
      fleet.positions(tMs, out);
      const expected = positionOf(vehicle, tMs);
      for (let axis = 0; axis < 3; axis++) expect(Math.abs(out[axis] - expected[axis])).toBeLessThan(TOLERANCE_M);
    }
  });

  test("rest at the start before it, and at the end after it", () => {
    const vehicle = everyDegree();
    const fleet = sampler([vehicle]);
    const out = new Float32Array(3);
    fleet.positions(-5000, out);
    expect([...out]).toEqual([1, 2, 3]);
    fleet.positions(1e9, out);
    const end = vehicle.segments.at(-1)!.control.at(-1)!;
    for (let axis = 0; axis < 3; axis++) expect(out[axis]).toBeCloseTo(end[axis], 4);
    expect(fleet.motion(0, 1e9).velocityMS).toEqual([0, 0, 0]);
  });

  test("stay at the only point of a vehicle that does not fly", () => {
    const fleet = sampler([{ name: "B", home: [4, 5, 0], startMs: 0, start: [4, 5, 0], segments: [], lights: [] }]);
    const out = new Float32Array(3);
    for (const tMs of [-1, 0, 1, 1e6]) {
      fleet.positions(tMs, out);
      expect([...out]).toEqual([4, 5, 0]);
    }
  });

  test("of a whole show are what the show says", () => {
    const { vehicles, trajectories, show } = makeShow(60);
    const fleet = new TrajectorySampler(decodeFleet(buffer(trajectories), 60));
    const out = new Float32Array(180);
    for (let tMs = 0; tMs <= show.duration_ms; tMs += 1370) {
      fleet.positions(tMs, out);
      vehicles.forEach((vehicle, i) => {
        const expected = positionOf(vehicle, tMs);
        for (let axis = 0; axis < 3; axis++) expect(Math.abs(out[3 * i + axis] - expected[axis])).toBeLessThan(TOLERANCE_M);
      });
    }
  });
});

describe("motion", () => {
  test("has the velocity and acceleration that differences of positions give", () => {
    const vehicle = everyDegree();
    const fleet = sampler([vehicle]);
    const h = 0.01;
    // Not at joints, where derivatives jump.
    for (let tMs = 1100; tMs < 11_400; tMs += 111.7) {
      if (vehicle.segments.some(({ endMs }) => Math.abs(endMs - tMs) < 20)) continue;
      const { positionM, velocityMS, accelerationMS2 } = fleet.motion(0, tMs);
      const [before, after] = [-1000 * h, 1000 * h].map((dt) => positionOf(vehicle, tMs + dt));
      for (let axis = 0; axis < 3; axis++) {
        expect(velocityMS[axis]).toBeCloseTo((after[axis] - before[axis]) / (2 * h), 0);
        const second = (after[axis] - 2 * positionM[axis] + before[axis]) / (h * h);
        expect(Math.abs(accelerationMS2[axis] - second)).toBeLessThan(1 + 0.02 * Math.abs(second));
      }
    }
  });

  test("of a straight piece has its constant velocity", () => {
    const fleet = sampler([
      { name: "C", home: [0, 0, 0], startMs: 0, start: [0, 0, 0], segments: [{ endMs: 4000, control: [[8, -4, 2]] }], lights: [] },
    ]);
    expect(fleet.motion(0, 1000)).toEqual({ positionM: [2, -1, 0.5], velocityMS: [2, -1, 0.5], accelerationMS2: [0, 0, 0] });
  });
});

test("the Bernstein form takes its ends exactly", () => {
  const points = [3, 9, -2, 7, 5, 1, 8, -6];
  for (let degree = 1; degree <= 7; degree++) {
    expect(bezier(points, 0, 1, degree, 0)).toBe(points[0]);
    expect(bezier(points, 0, 1, degree, 1)).toBe(points[degree]);
  }
});
