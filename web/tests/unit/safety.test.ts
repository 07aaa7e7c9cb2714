import { describe, expect, test } from "vitest";
import { extremeOf } from "../../src/pages/viewer/figures/extreme";
import { safetyOf } from "../../src/wire/answers";
import type { SafetyReport } from "../../src/wire/safety";
import { safetyCharts } from "../../src/pages/viewer/figures/safety-charts";

const answer = (): any => ({
  version: 1,
  step_ms: 1000,
  timeline: {
    t_ms: [0, 1000, 2000],
    min_separation_m: [null, 1.2, 0.9],
    min_separation_pair: [null, [3, 1], [0, 2]],
    min_ground_separation_m: [0.5, null, null],
    min_ground_separation_pair: [[1, 2], null, null],
    max_velocity_xy_m_s: [0, 4, 2],
    max_velocity_up_m_s: [1, 2, 0],
    max_velocity_down_m_s: [0, 1, 2.9],
    max_acceleration_m_s2: [0, 1, 1],
    fence_margin_m: [null, null, null],
    ceiling_margin_m: [100, 20, 30],
  },
  limits: { min_separation_m: 1, max_velocity_up_m_s: 4, max_velocity_down_m_s: 3, max_acceleration_m_s2: null },
  worst_pairs: [
    { pair: [0, 2], t_ms: 2000, distance_m: 0.9, limit_m: 1, near_ground: false },
    { pair: [1, 2], t_ms: 0, distance_m: 0.5 },
  ],
  footprint: { cell_m: 2, origin_m: [-4, 10], columns: 3, rows: 2, vehicle_seconds: [0, 1, 2, 3, 4, null], reach_m: null },
  areas: [{ kind: "road", name: "Avenue", least_distance_m: 3, t_ms: 1000, vehicle: 2 }],
});

const limitOf =
  (safety: SafetyReport, more: Record<string, number> = {}) =>
  (name: string): number | null =>
    safety.limits[name] ?? more[name] ?? null;

describe("the answer", () => {
  test("is read; what is null or left out stays unknown", () => {
    const safety = safetyOf(answer(), 4);
    expect(safety.timeline.min_separation_pair).toEqual([null, [3, 1], [0, 2]]);
    expect(safety.timeline.min_ground_separation_pair).toEqual([[1, 2], null, null]);
    expect(safety.worst_pairs.map(({ limit_m, near_ground }) => [limit_m, near_ground])).toEqual([[1, false], [null, false]]);
    expect(safety.limits).toEqual({ min_separation_m: 1, max_velocity_up_m_s: 4, max_velocity_down_m_s: 3 });
    expect(safety.footprint?.vehicle_seconds).toEqual([0, 1, 2, 3, 4, 0]);
    const bare = safetyOf({ version: 1, step_ms: 500, timeline: {} }, 4);
    expect(bare).toMatchObject({ worst_pairs: [], areas: [], footprint: null, limits: {} });
    expect(bare.timeline.min_separation_m).toEqual([]);
  });

  test.each<[string, (a: any) => void, string]>([
    ["another version", (a) => (a.version = 2), "safety.version: expected version 1"],
    ["a curve of another length", (a) => a.timeline.ceiling_margin_m.pop(), "safety.timeline.ceiling_margin_m: expected 3 values"],
    ["times that run backwards", (a) => (a.timeline.t_ms = [0, 2000, 1000]), "safety.timeline.t_ms: expected times that increase"],
    ["a vehicle that does not exist", (a) => (a.worst_pairs[0].pair = [0, 4]), "safety.worst_pairs[0].pair[1]: expected a vehicle below 4"],
    ["a pair of one", (a) => (a.worst_pairs[0].pair = [2, 2]), "expected two different vehicles"],
    ["a grid that is not full", (a) => a.footprint.vehicle_seconds.pop(), "safety.footprint.vehicle_seconds: expected 6 values"],
    ["a grid without end", (a) => Object.assign(a.footprint, { columns: 1e6, rows: 1e6 }), "at most 4000000 cells"],
    ["cells of no size", (a) => (a.footprint.cell_m = 0), "safety.footprint.cell_m: expected a size above 0"],
    ["an unknown kind of area", (a) => (a.areas[0].kind = "school"), "safety.areas[0].kind: expected one of audience, road"],
  ])("is refused with the place: %s", (_what, spoil, message) => {
    const spoilt = answer();
    spoil(spoilt);
    expect(() => safetyOf(spoilt, 4)).toThrow(message);
  });
});

describe("extremes", () => {
  test("are the first of equals, and skip what is not known", () => {
    expect(extremeOf([0, 10, 20, 30], [null, 2, 1, 1], "least")).toEqual({ value: 1, tMs: 20, index: 2 });
    expect(extremeOf([0, 10, 20, 30], [null, 2, 2, 1], "greatest")).toEqual({ value: 2, tMs: 10, index: 1 });
    expect(extremeOf([0, 10], [-3, 0], "greatest")).toEqual({ value: 0, tMs: 10, index: 1 });
  });

  test("are nothing where nothing is known", () => {
    expect(extremeOf([0, 10], [null, null], "least")).toBeNull();
    expect(extremeOf([], [], "greatest")).toBeNull();
  });
});

describe("charts", () => {
  const charts = (more: Record<string, number> = {}) => {
    const safety = safetyOf(answer(), 4);
    return Object.fromEntries(safetyCharts(safety, limitOf(safety, more)).map((chart) => [chart.key, chart]));
  };

  test("forbid what is below a distance and above a speed", () => {
    expect(charts()["min_separation_m"]?.limits).toEqual([{ value: 1, forbids: "below" }]);
    expect(charts({ max_velocity_xy_m_s: 6 })["max_velocity_xy_m_s"]?.limits).toEqual([{ value: 6, forbids: "above" }]);
    expect(charts()["ceiling_margin_m"]?.limits).toEqual([{ value: 0, forbids: "below" }]);
  });

  test("have no limit where none is known, and say why they are empty", () => {
    expect(charts()["max_acceleration_m_s2"]).toMatchObject({ limits: [], limitText: "" });
    expect(charts()["fence_margin_m"]).toMatchObject({ worst: null, empty: "The show has no geofence." });
  });

  test("show climb and descent together; the worse is the one that uses more of its own limit", () => {
    const chart = charts()["max_velocity_up_m_s"];
    expect(chart?.lines.map(({ values }) => values)).toEqual([[1, 2, 0], [-0, -1, -2.9]]);
    expect(chart?.limits).toEqual([{ value: 4, forbids: "above" }, { value: -3, forbids: "below" }]);
    expect(chart?.worst).toMatchObject({ value: -2.9, tMs: 2000, text: "Most 2.9\u202fm/s down" });
    expect(charts({ max_velocity_down_m_s: 3 })["max_velocity_up_m_s"]?.limitText).toBe("limit 4 up, 3 down");
  });

  test("hold flight and ground each against its own limit", () => {
    const { min_separation_m: flight, min_ground_separation_m: ground } = charts({ ground_separation_m: 0.4 });
    expect(flight?.limits).toEqual([{ value: 1, forbids: "below" }]);
    expect(flight?.worst).toMatchObject({ value: 0.9, tMs: 2000 });
    expect(ground?.limits).toEqual([{ value: 0.4, forbids: "below" }]);
    expect(ground?.worst).toMatchObject({ value: 0.5, tMs: 0 });
    expect(ground?.mostShown).toBeCloseTo(1.6);
  });
});
