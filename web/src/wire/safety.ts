/**
 * The figures of the safety page, as `/api/v1/safety` sends them: extremes of the whole fleet at regular times, the pairs
 * that come closest, and where vehicles could come down that fail. Figures to look at, not verdicts: these stand in the
 * certificate.
 */

import { Reader } from "./reader";
import type { Vec2M } from "./types";

/** A curve over {@link Timeline.t_ms}; null where there is no value. */
export type Curve = (number | null)[];

export interface Timeline {
  t_ms: number[];
  /** Closest pair of which at least one flies. */
  min_separation_m: Curve;
  /** Which pair that is, by index; null where none is named. */
  min_separation_pair: ([number, number] | null)[];
  /** Closest pair of which both are near the ground, where another limit holds. */
  min_ground_separation_m: Curve;
  min_ground_separation_pair: ([number, number] | null)[];
  max_velocity_xy_m_s: Curve;
  max_velocity_up_m_s: Curve;
  max_velocity_down_m_s: Curve;
  max_acceleration_m_s2: Curve;
  /** Least distance to the fence, from inside; empty when the show has none. */
  fence_margin_m: Curve;
  ceiling_margin_m: Curve;
}

/** The names of the curves of a {@link Timeline}. */
export const CURVES = [
  "min_separation_m",
  "min_ground_separation_m",
  "max_velocity_xy_m_s",
  "max_velocity_up_m_s",
  "max_velocity_down_m_s",
  "max_acceleration_m_s2",
  "fence_margin_m",
  "ceiling_margin_m",
] as const;
export type CurveName = (typeof CURVES)[number];

export interface WorstPair {
  pair: [number, number];
  t_ms: number;
  distance_m: number;
  /** The limit that holds for them there; null when not said. */
  limit_m: number | null;
  near_ground: boolean;
}

/** For how long vehicles are where their fall could end in each cell of the ground. */
export interface Footprint {
  cell_m: number;
  /** Corner of the grid with the least x and y, site frame. */
  origin_m: Vec2M;
  columns: number;
  rows: number;
  /** Row by row from the least y, in each row from the least x. */
  vehicle_seconds: number[];
  /** Farthest that a fall carries, horizontally; null when not said. */
  reach_m: number | null;
}

export const AREA_KINDS = ["audience", "road", "water", "fence"] as const;
export type AreaKind = (typeof AREA_KINDS)[number];

/**
 * How near the footprint comes to an area, or a vehicle to the fence from inside; negative where it is reached or crossed,
 * null where nothing is near.
 */
export interface Area {
  kind: AreaKind;
  name: string;
  least_distance_m: number | null;
  t_ms: number | null;
  vehicle: number | null;
}

export interface Safety {
  step_ms: number;
  timeline: Timeline;
  /** Limits of the curves by the limit's name; those that are not known are left out. */
  limits: Readonly<Record<string, number>>;
  worst_pairs: WorstPair[];
  footprint: Footprint | null;
  areas: Area[];
}

/** More cells than any site needs: 4,000 × 1,000. */
const MAX_CELLS = 4_000_000;

function readTimeline(r: Reader, vehicle: (r: Reader) => number): Timeline {
  const t_ms = r.field("t_ms").listOrEmpty((t) => t.number());
  t_ms.forEach((t, i) => {
    if (i > 0 && t <= t_ms[i - 1]) r.field("t_ms").fail("times that increase");
  });
  const curve = (name: CurveName): Curve => {
    const values = r.field(name).listOrEmpty((v) => v.orNull((n) => n.number()));
    return values.length === 0 || values.length === t_ms.length ? values : r.field(name).fail(`${t_ms.length} values`);
  };
  const curves = Object.fromEntries(CURVES.map((name) => [name, curve(name)])) as Record<CurveName, Curve>;
  const pairs = (name: string): Timeline["min_separation_pair"] =>
    r.field(name).listOrEmpty((p) => p.orNull((q) => readPair(q, vehicle)));
  const [flight, ground] = [pairs("min_separation_pair"), pairs("min_ground_separation_pair")];
  return { t_ms, ...curves, min_separation_pair: flight, min_ground_separation_pair: ground };
}

function readPair(r: Reader, vehicle: (r: Reader) => number): [number, number] {
  const pair = r.list(vehicle);
  return pair.length === 2 && pair[0] !== pair[1] ? [pair[0], pair[1]] : r.fail("two different vehicles");
}

function readFootprint(r: Reader): Footprint | null {
  const columns = r.field("columns").count();
  const rows = r.field("rows").count();
  if (columns * rows === 0) return null;
  if (columns * rows > MAX_CELLS) r.fail(`at most ${MAX_CELLS} cells`);
  const cell_m = r.field("cell_m").number();
  if (cell_m <= 0) r.field("cell_m").fail("a size above 0");
  const vehicle_seconds = r.field("vehicle_seconds").list((v) => v.orNull((n) => n.number()) ?? 0);
  if (vehicle_seconds.length !== columns * rows) r.field("vehicle_seconds").fail(`${columns * rows} values`);
  return {
    cell_m,
    origin_m: r.field("origin_m").vector(2) as unknown as Vec2M,
    columns,
    rows,
    vehicle_seconds,
    reach_m: r.field("reach_m").orNull((m) => m.number()),
  };
}

/** Checks and types the answer to `/api/v1/safety` for a show of `vehicleCount`. Throws `MalformedAnswer`. */
export function readSafety(json: unknown, vehicleCount: number): Safety {
  const r = new Reader(json, "safety");
  if (r.field("version").count() !== 1) r.field("version").fail("version 1");
  const vehicle = (v: Reader): number => {
    const index = v.count();
    return index < vehicleCount ? index : v.fail(`a vehicle below ${vehicleCount}`);
  };
  const limits = r.field("limits").fieldsOrEmpty((l) => l.orNull((n) => n.number()));
  return {
    step_ms: r.field("step_ms").number(),
    timeline: readTimeline(r.field("timeline"), vehicle),
    limits: Object.fromEntries(Object.entries(limits).filter((e): e is [string, number] => e[1] !== null)),
    worst_pairs: r.field("worst_pairs").listOrEmpty((p) => ({
      pair: readPair(p.field("pair"), vehicle),
      t_ms: p.field("t_ms").number(),
      distance_m: p.field("distance_m").number(),
      limit_m: p.field("limit_m").orNull((m) => m.number()),
      near_ground: p.field("near_ground").orNull((g) => g.boolean()) ?? false,
    })),
    footprint: r.field("footprint").orNull(readFootprint),
    areas: r.field("areas").listOrEmpty((a) => ({
      kind: a.field("kind").oneOf(AREA_KINDS),
      name: a.field("name").string(),
      least_distance_m: a.field("least_distance_m").orNull((d) => d.number()),
      t_ms: a.field("t_ms").orNull((t) => t.number()),
      vehicle: a.field("vehicle").orNull(vehicle),
    })),
  };
}

/** A value of a curve and when it was. */
export interface Extreme {
  value: number;
  tMs: number;
  index: number;
}

/** The least or the greatest value of a curve, the first of equals; null when it has none. */
export function extremeOf(tMs: readonly number[], values: Curve, which: "least" | "greatest"): Extreme | null {
  let best: Extreme | null = null;
  const sign = which === "least" ? 1 : -1;
  values.forEach((value, index) => {
    if (value !== null && (best === null || sign * value < sign * best.value)) best = { value, tMs: tMs[index], index };
  });
  return best;
}
