// Written by `cargo xtask generate` from the Rust types.

import { Reader, type Vec2M } from "./reader";

/** What must not be reached, or left. */
export const AREA_KINDS = ["audience", "road", "water", "fence"] as const;
export type AreaKind = (typeof AREA_KINDS)[number];

/** How near the show comes to an area. */
export interface SafetyArea {
  /** What it is. */
  kind: AreaKind;
  /**
   * Fence: least distance of a vehicle inside it. Others: least distance from where a failing vehicle can come down to
   * the area. Negative where it is crossed or reached. Metres.
   */
  least_distance_m: number | null;
  /** Its name. */
  name: string;
  /** When, milliseconds. */
  t_ms: number | null;
  /** Place of the vehicle in the show, from 0. */
  vehicle: number | null;
}

export function readSafetyArea(r: Reader): SafetyArea {
  return {
    kind: r.field("kind").oneOf(AREA_KINDS),
    least_distance_m: r.field("least_distance_m").orNull((v) => v.number()),
    name: r.field("name").string(),
    t_ms: r.field("t_ms").orNull((v) => v.number()),
    vehicle: r.field("vehicle").orNull((v) => v.count()),
  };
}

/** A grid over the ground: for how long and from how many vehicles together something could come down in a cell. */
export interface SafetyFootprint {
  /** Side of a cell, metres. */
  cell_m: number;
  /** Cells along x. */
  columns: number;
  /** Corner of the first cell, site frame, metres. */
  origin_m: Vec2M;
  /** Largest reach of any vehicle at any instant, metres. */
  reach_m: number | null;
  /** Cells along y. */
  rows: number;
  /** Row by row: vehicles times seconds, from one look per step. */
  vehicle_seconds: number[];
}

export function readSafetyFootprint(r: Reader): SafetyFootprint {
  return {
    cell_m: r.field("cell_m").number(),
    columns: r.field("columns").count(),
    origin_m: r.field("origin_m").vec2(),
    reach_m: r.field("reach_m").orNull((v) => v.number()),
    rows: r.field("rows").count(),
    vehicle_seconds: r.field("vehicle_seconds").listOrEmpty((v) => (v.absent ? 0 : v.number())),
  };
}

/** One value per step: the extreme within `[t, t + step)`. null: nothing is known or there is nothing to know. */
export interface SafetyTimeline {
  /** Least distance to the highest altitude. */
  ceiling_margin_m: (number | null)[];
  /** Least distance to the fence, negative outside; absent without a fence. */
  fence_margin_m: (number | null)[];
  /** Greatest acceleration. */
  max_acceleration_m_s2: (number | null)[];
  /** Greatest descent. */
  max_velocity_down_m_s: (number | null)[];
  /** Greatest climb. */
  max_velocity_up_m_s: (number | null)[];
  /** Greatest horizontal speed. */
  max_velocity_xy_m_s: (number | null)[];
  /** The same of pairs near the ground. */
  min_ground_separation_m: (number | null)[];
  /** That pair. */
  min_ground_separation_pair: ([number, number] | null)[];
  /**
   * Distance of the closest pair of which at least one flies, to a centimetre; absent beyond the search radius of the
   * proof.
   */
  min_separation_m: (number | null)[];
  /** That pair. */
  min_separation_pair: ([number, number] | null)[];
  /** Start of each step, milliseconds. */
  t_ms: number[];
}

export function readSafetyTimeline(r: Reader): SafetyTimeline {
  return {
    ceiling_margin_m: r.field("ceiling_margin_m").listOrEmpty((v) => v.orNull((v) => v.number())),
    fence_margin_m: r.field("fence_margin_m").listOrEmpty((v) => v.orNull((v) => v.number())),
    max_acceleration_m_s2: r.field("max_acceleration_m_s2").listOrEmpty((v) => v.orNull((v) => v.number())),
    max_velocity_down_m_s: r.field("max_velocity_down_m_s").listOrEmpty((v) => v.orNull((v) => v.number())),
    max_velocity_up_m_s: r.field("max_velocity_up_m_s").listOrEmpty((v) => v.orNull((v) => v.number())),
    max_velocity_xy_m_s: r.field("max_velocity_xy_m_s").listOrEmpty((v) => v.orNull((v) => v.number())),
    min_ground_separation_m: r.field("min_ground_separation_m").listOrEmpty((v) => v.orNull((v) => v.number())),
    min_ground_separation_pair: r.field("min_ground_separation_pair").listOrEmpty((v) => v.orNull((v) => v.pair())),
    min_separation_m: r.field("min_separation_m").listOrEmpty((v) => v.orNull((v) => v.number())),
    min_separation_pair: r.field("min_separation_pair").listOrEmpty((v) => v.orNull((v) => v.pair())),
    t_ms: r.field("t_ms").listOrEmpty((v) => v.number()),
  };
}

/** Two vehicles at their closest known instant. */
export interface SafetyPair {
  /** How close, metres. */
  distance_m: number;
  /** The limit that governs them there, metres. */
  limit_m: number | null;
  /** Is that the limit near the ground? */
  near_ground: boolean;
  /** Places in the show, from 0. */
  pair: [number, number];
  /** When, milliseconds. */
  t_ms: number;
}

export function readSafetyPair(r: Reader): SafetyPair {
  return {
    distance_m: r.field("distance_m").number(),
    limit_m: r.field("limit_m").orNull((v) => v.number()),
    near_ground: r.field("near_ground").absent ? false : r.field("near_ground").boolean(),
    pair: r.field("pair").pair(),
    t_ms: r.field("t_ms").number(),
  };
}

/** The figures of a show over time and place. The JSON of this type is what the viewer reads. */
export interface SafetyReport {
  /** How near it comes to what must not be reached. */
  areas: SafetyArea[];
  /** Where vehicles that fail can come down. */
  footprint: SafetyFootprint | null;
  /** What they are held against. */
  limits: Readonly<Record<string, number>>;
  /** Length of a step, milliseconds. */
  step_ms: number;
  /** Extremes of each step. */
  timeline: SafetyTimeline;
  /** Version of the form: 1. */
  version: number;
  /**
   * The pairs of the show that come closest to the limit that governs them, each with its closest known instant, least
   * room first; a pair may be in it once in flight and once near the ground.
   */
  worst_pairs: SafetyPair[];
}

export function readSafetyReport(r: Reader): SafetyReport {
  return {
    areas: r.field("areas").listOrEmpty(readSafetyArea),
    footprint: r.field("footprint").orNull(readSafetyFootprint),
    limits: r.field("limits").table(),
    step_ms: r.field("step_ms").number(),
    timeline: readSafetyTimeline(r.field("timeline")),
    version: r.field("version").count(),
    worst_pairs: r.field("worst_pairs").listOrEmpty(readSafetyPair),
  };
}
