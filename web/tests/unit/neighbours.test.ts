import { expect, test } from "vitest";
import { coarseToFine, nearest } from "../../src/kit/fleet/neighbours";

test("finds the nearest, in the metric of the separation rule", () => {
  const positions = new Float32Array([0, 0, 0, 2, 0, 0, 0, 0, 3]);
  expect(nearest(positions, 0, 1)).toEqual({ distanceM: 2, vehicle: 1 });
  // With downwash, 3 m above counts as 1 m.
  expect(nearest(positions, 0, 3)).toEqual({ distanceM: 1, vehicle: 2 });
});

test("a vehicle alone has no neighbour", () => {
  expect(nearest(new Float32Array([1, 2, 3]), 0, 1)).toEqual({ distanceM: Infinity, vehicle: -1 });
});

test.each([0, 1, 2, 31, 32, 33, 1000])("every sample is looked at once, the coarse ones first: %i", (count) => {
  const order = coarseToFine(count);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  const coarse = Math.ceil(count / 32);
  expect([...order.subarray(0, coarse)].every((i) => i % 32 === 0)).toBe(true);
});
