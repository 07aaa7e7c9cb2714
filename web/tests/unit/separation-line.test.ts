import { describe, expect, test } from "vitest";
import { keyOf, separationLines, tipOf } from "../../src/pages/viewer/figures/separation-line";
import type { Certificate } from "../../src/wire/certificate";
import type { Limits } from "../../src/wire/show";

const LIMITS = { min_separation_m: 1.5, ground_separation_m: 0.4 } as Limits;

const certificate = (flight: (number | null)[], ground: (number | null)[]): Certificate =>
  ({
    rules: [{ rule: "separation", limit: { value: 2, unit: "m" } }],
    separation_per_second_m: flight,
    ground_separation_per_second_m: ground,
  }) as unknown as Certificate;

describe("the line over the timeline", () => {
  test("holds pads against the limit of the ground, not that of flight", () => {
    const lines = separationLines(certificate([4, 3, 4], [1, 1, 1]), LIMITS);
    expect(lines?.series.map(({ kind, limitM, leastM }) => [kind, limitM, leastM])).toEqual([
      ["flight", 2, 3],
      ["ground", 0.4, 1],
    ]);
    expect(lines?.series.every(({ ratios }) => ratios.every((r) => r !== null && r >= 1))).toBe(true);
    expect(lines?.top).toBeCloseTo(2.5);
  });

  test("shows what is past its limit below it, and skips what is not known", () => {
    const lines = separationLines(certificate([null, 1, 8], []), LIMITS);
    expect(lines?.series).toHaveLength(1);
    expect(lines?.series[0].ratios).toEqual([null, 0.5, 4]);
    expect(lines?.top).toBe(3);
  });

  test("is named in its key, with unit and limit of each line, and told in metres under the pointer", () => {
    const lines = separationLines(certificate([4, 3, 4], [1, null, 1]), LIMITS);
    expect(keyOf(lines).map(({ text }) => text.replaceAll("\u202f", " "))).toEqual([
      "Least distance",
      "in flight, limit 2 m",
      "near the ground, limit 0.4 m",
      "dashed: limit; top: 2.5 times the limit",
    ]);
    expect(tipOf(lines, 2300).replaceAll("\u202f", " ")).toBe("at least 4 m apart · near the ground 1 m");
    expect(tipOf(lines, 1000).replaceAll("\u202f", " ")).toBe("at least 3 m apart");
    expect(keyOf(null)).toEqual([]);
  });

  test("is none without a certificate", () => {
    expect(separationLines(null, LIMITS)).toBeNull();
    expect(separationLines(certificate([], [null, 1]), LIMITS)).toBeNull();
  });
});
