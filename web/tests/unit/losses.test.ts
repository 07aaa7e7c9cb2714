import { describe, expect, test } from "vitest";
import { lossLine } from "../../src/pages/viewer/figures/losses";
import type { LossFigure } from "../../src/wire/certificate";

const found = { lost: { index: 1, name: "0002" }, other: { index: 0, name: "0001" }, t_ms: 4000, after_s: 0.756, distance_m: 0.4 };
const figure = (change: Partial<LossFigure>): LossFigure => ({
  mode: "stops",
  horizon_s: 10,
  untouched_s: 0.749,
  left_m: 0,
  worst: found,
  touches: true,
  cut_short: false,
  ...change,
});

describe("a loss", () => {
  test("of contact says after what time, and promises no more than the bound", () => {
    expect(lossLine(figure({}))).toMatchObject({ tone: "touched", free: "0.7\u202fs", left: "none", story: "touched after 0.76\u202fs", found, caution: "" });
    expect(lossLine(figure({ untouched_s: 0.05 })).free).toBe("0.05\u202fs");
    expect(lossLine(figure({ untouched_s: 0 })).free).toBe("not at all");
    expect(lossLine(figure({ untouched_s: 0.3 })).free).toBe("0.3\u202fs");
  });

  test("without contact says what is left, rounded down", () => {
    const nearest = { ...found, distance_m: 3.2, after_s: 9.5 };
    const clear = figure({ untouched_s: 10, left_m: 3.019, worst: nearest, touches: false });
    expect(lossLine(clear)).toMatchObject({ tone: "clear", free: "all 10\u202fs", left: "at least 3.01\u202fm", story: "nearest, 3.2\u202fm after 9.5\u202fs" });
    expect(lossLine({ ...clear, worst: null })).toMatchObject({ left: "over 3.01\u202fm", found: null, story: "no vehicle comes near" });
  });

  test("of which nothing is known claims neither", () => {
    const open = lossLine(figure({ touches: false, worst: null, cut_short: true }));
    expect(open).toMatchObject({ tone: "open", left: "not known", story: "no case is known" });
    expect(open.caution).toMatch(/^too much to search/);
    expect(lossLine(figure({ touches: false, worst: { ...found, distance_m: 0.6 } }))).toMatchObject({ tone: "open", story: "nearest known, 0.6\u202fm" });
  });
});
