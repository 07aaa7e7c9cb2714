// Written by `cargo xtask generate` from the Rust types.

import { Reader, type Vec3M } from "./reader";

/** The program that checked. */
export interface Checker {
  /** Name of this crate. */
  name: string;
  /** Its version. */
  version: string;
}

export function readChecker(r: Reader): Checker {
  return {
    name: r.field("name").string(),
    version: r.field("version").string(),
  };
}

/** How a vehicle leaves its plan. */
export const LOSS_MODES = ["stops", "drifts", "falls"] as const;
export type LossMode = (typeof LOSS_MODES)[number];

/** A vehicle of the show. */
export interface VehicleRef {
  /** Its place in the show, from 0. */
  index: number;
  /** Its name. */
  name: string;
}

export function readVehicleRef(r: Reader): VehicleRef {
  return {
    index: r.field("index").count(),
    name: r.field("name").string(),
  };
}

/** A loss and the vehicle that it reaches. */
export interface LossWitness {
  /** After what time it reaches the other, seconds. */
  after_s: number;
  /** Distance left then, centre to centre, metres. */
  distance_m: number;
  /** The vehicle that is lost. */
  lost: VehicleRef;
  /** The vehicle that it reaches, or comes nearest to. */
  other: VehicleRef;
  /** When it is lost, milliseconds of show time. */
  t_ms: number;
}

export function readLossWitness(r: Reader): LossWitness {
  return {
    after_s: r.field("after_s").number(),
    distance_m: r.field("distance_m").number(),
    lost: readVehicleRef(r.field("lost")),
    other: readVehicleRef(r.field("other")),
    t_ms: r.field("t_ms").number(),
  };
}

/** What the loss of a vehicle does to the others, which fly on. */
export interface LossFigure {
  /** Did the search end early because there is too much to look at? The bounds above hold, but are wider. */
  cut_short: boolean;
  /** Time after the loss that is looked at, seconds. */
  horizon_s: number;
  /** No vehicle comes nearer than this within the horizon, centre to centre, metres; 0 if one can be touched. */
  left_m: number;
  /** How the plan is left. */
  mode: LossMode;
  /** Is the worst case one of touching? */
  touches: boolean;
  /**
   * For at least this long no vehicle can be touched, whichever is lost and whenever, seconds; the horizon if none is.
   */
  untouched_s: number;
  /** The case known to be the worst: of touching the earliest, else the nearest. Absent if no vehicle comes near. */
  worst: LossWitness | null;
}

export function readLossFigure(r: Reader): LossFigure {
  return {
    cut_short: r.field("cut_short").boolean(),
    horizon_s: r.field("horizon_s").number(),
    left_m: r.field("left_m").number(),
    mode: r.field("mode").oneOf(LOSS_MODES),
    touches: r.field("touches").absent ? false : r.field("touches").boolean(),
    untouched_s: r.field("untouched_s").number(),
    worst: r.field("worst").orNull(readLossWitness),
  };
}

/** What is left if the vehicles of one sector lose their position and drift with the wind. */
export interface SectorLoss {
  /** Horizontal distance to spectators that is left, metres; absent without any. */
  audience_left_m: number | null;
  /** How far they drift before they land, metres. */
  drift_m: number;
  /** Distance to the fence that is left, metres; absent without one. */
  fence_left_m: number | null;
  /** After this time the first of them can be outside the fence or among the spectators, seconds. */
  first_contact_s: number | null;
  /** The same in full: for how long no vehicle is touched, and the worst case. */
  others: LossFigure | null;
  /**
   * Distance to vehicles of other sectors that is left, metres; 0 if one can be touched. Absent if there are no others.
   */
  others_left_m: number | null;
  /** Which. */
  sector: string;
  /** How many vehicles. */
  vehicles: number;
}

export function readSectorLoss(r: Reader): SectorLoss {
  return {
    audience_left_m: r.field("audience_left_m").orNull((v) => v.number()),
    drift_m: r.field("drift_m").number(),
    fence_left_m: r.field("fence_left_m").orNull((v) => v.number()),
    first_contact_s: r.field("first_contact_s").orNull((v) => v.number()),
    others: r.field("others").orNull(readLossFigure),
    others_left_m: r.field("others_left_m").orNull((v) => v.number()),
    sector: r.field("sector").string(),
    vehicles: r.field("vehicles").count(),
  };
}

/** What the wind leaves. */
export interface WindReserve {
  /**
   * Greatest horizontal speed of the show and of all returns to home plus the wind: what must be flown against the air,
   * m/s.
   */
  needed_airspeed_m_s: number;
  /** What is left of it; negative: with this wind the show cannot be flown. */
  reserve_m_s: number | null;
}

export function readWindReserve(r: Reader): WindReserve {
  return {
    needed_airspeed_m_s: r.field("needed_airspeed_m_s").number(),
    reserve_m_s: r.field("reserve_m_s").orNull((v) => v.number()),
  };
}

/**
 * What happens if something fails, beyond what the rules decide. Distances are lower bounds; negative: it is reached.
 */
export interface FailureFigures {
  /** Time for which vehicles drift with the wind before they notice that they have lost their position, seconds. */
  gnss_reaction_s: number | null;
  /** Altitude at which falls end: the lowest of the site's origin and all starts and ends, metres. */
  ground_m: number;
  /**
   * No vehicle comes down further than this from below the place where it fails, metres; absent if the profile makes no
   * sense.
   */
  largest_reach_m: number | null;
  /**
   * One vehicle at a time is lost, whichever it is and whenever it flies, and all others fly on: it stops, drifts or
   * falls.
   */
  one_lost: LossFigure[];
  /**
   * Loss of position for one sector at a time: the group of a vehicle, or the eighth of the compass around the site's
   * origin in which its pad lies if there are no groups.
   */
  sectors: SectorLoss[];
  /** What the wind leaves. */
  wind: WindReserve;
  /** Wind that is assumed, from any direction, m/s. */
  wind_m_s: number;
}

export function readFailureFigures(r: Reader): FailureFigures {
  return {
    gnss_reaction_s: r.field("gnss_reaction_s").orNull((v) => v.number()),
    ground_m: r.field("ground_m").number(),
    largest_reach_m: r.field("largest_reach_m").orNull((v) => v.number()),
    one_lost: r.field("one_lost").listOrEmpty(readLossFigure),
    sectors: r.field("sectors").listOrEmpty(readSectorLoss),
    wind: readWindReserve(r.field("wind")),
    wind_m_s: r.field("wind_m_s").number(),
  };
}

/** The bytes a certificate speaks of. */
export interface FileId {
  /** Length in bytes. */
  bytes: number;
  /** File name without folders. */
  name: string;
  /** SHA-256 of the file, lower-case hexadecimal; of a folder, see `kapok_format::folder_sha256`. */
  sha256: string;
}

export function readFileId(r: Reader): FileId {
  return {
    bytes: r.field("bytes").count(),
    name: r.field("name").string(),
    sha256: r.field("sha256").string(),
  };
}

/** Where a limit came from. */
export const LIMIT_SOURCES = ["file", "default", "flag"] as const;
export type LimitSource = (typeof LIMIT_SOURCES)[number];

/** What was decided of one rule, or of all together. */
export const VERDICTS = ["proved", "violated", "undecided", "not-applicable"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What was found for the returns to home that begin at one instant. */
export interface ReturnEntryReport {
  /** Why, if it is not proved. */
  detail: string;
  /**
   * Least distance of two vehicles on the way, in the metric of the separation in flight; absent if it is above one and
   * a half times the limit.
   */
  min_separation_m: number | null;
  /** Show time at which they begin, seconds. Stops after the entry before this one, up to here, fly them. */
  time_s: number;
  /** All rules together. */
  verdict: Verdict;
}

export function readReturnEntryReport(r: Reader): ReturnEntryReport {
  return {
    detail: r.field("detail").string(),
    min_separation_m: r.field("min_separation_m").orNull((v) => v.number()),
    time_s: r.field("time_s").count(),
    verdict: r.field("verdict").oneOf(VERDICTS),
  };
}

/** One way to keep a rule that does not hold. */
export interface Remedy {
  /** What to do, in a sentence. */
  text: string;
  /** Its unit. */
  unit: string;
  /** The number in it; absent where there is none. */
  value: number | null;
}

export function readRemedy(r: Reader): Remedy {
  return {
    text: r.field("text").string(),
    unit: r.field("unit").string(),
    value: r.field("value").orNull((v) => v.number()),
  };
}

/** A limit with its unit. */
export interface RuleLimit {
  /** Its unit, as printed: "m", "m/s". */
  unit: string;
  /** The value. */
  value: number;
}

export function readRuleLimit(r: Reader): RuleLimit {
  return {
    unit: r.field("unit").string(),
    value: r.field("value").number(),
  };
}

/** What is decided, in the order of a certificate. */
export const RULES = [
  "separation",
  "ground_separation",
  "velocity_xy",
  "velocity_up",
  "velocity_down",
  "acceleration",
  "jerk",
  "continuity",
  "acceleration_jump",
  "altitude",
  "floor",
  "ground_motion",
  "geofence",
  "keep_out",
  "ends",
  "energy",
  "yaw_rate",
  "fall_on_audience",
  "fall_on_road",
  "return_to_home",
  "airspeed",
  "lights",
  "pyro",
  "pyro_altitude",
  "pyro_neighbours",
  "pyro_audience",
  "payload",
] as const;
export type Rule = (typeof RULES)[number];

/** An instant, the vehicles concerned, and the value there. */
export interface Witness {
  /**
   * The certified bound: no instant of the whole show is worse than this. In the worst case of a rule the true extreme
   * lies between `bound` and `value`, which differ by at most the tolerance (1e-6 by default) unless the rule's detail
   * says that the search was cut short.
   */
  bound: number | null;
  /** Their positions at `t_ms`, site frame, metres. */
  positions_m: Vec3M[];
  /** Show time, milliseconds. */
  t_ms: number;
  /** The value at `t_ms`, to within rounding (about 1e-9). */
  value: number;
  /** The vehicles concerned: two for distances of vehicles, else one. */
  vehicles: VehicleRef[];
}

export function readWitness(r: Reader): Witness {
  return {
    bound: r.field("bound").orNull((v) => v.number()),
    positions_m: r.field("positions_m").listOrEmpty((v) => v.vec3()),
    t_ms: r.field("t_ms").number(),
    value: r.field("value").number(),
    vehicles: r.field("vehicles").listOrEmpty(readVehicleRef),
  };
}

/** What was found for one rule. */
export interface RuleReport {
  /** One plain sentence. */
  detail: string;
  /** What would do, if it does not hold. */
  help: Remedy[];
  /** What the value is held against. */
  limit: RuleLimit | null;
  /**
   * How far the certified bound of the worst case is on the good side of the limit; negative if it is not. Where the
   * search stopped counting, as `detail` then says, that of the worst case found.
   */
  margin: number | null;
  /** Which rule. */
  rule: Rule;
  /** Its name for people. */
  title: string;
  /** What was decided. */
  verdict: Verdict;
  /** Number of pairs (or vehicles) that break the rule; 0 if proved. */
  violations: number;
  /** Up to 20 more of those that break it, worst first, one per pair (or vehicle). */
  witnesses: Witness[];
  /** The worst case; absent if nothing is near the limit (see `detail`) or the rule does not apply. */
  worst: Witness | null;
}

export function readRuleReport(r: Reader): RuleReport {
  return {
    detail: r.field("detail").string(),
    help: r.field("help").listOrEmpty(readRemedy),
    limit: r.field("limit").orNull(readRuleLimit),
    margin: r.field("margin").orNull((v) => v.number()),
    rule: r.field("rule").oneOf(RULES),
    title: r.field("title").string(),
    verdict: r.field("verdict").oneOf(VERDICTS),
    violations: r.field("violations").count(),
    witnesses: r.field("witnesses").listOrEmpty(readWitness),
    worst: r.field("worst").orNull(readWitness),
  };
}

/** What was proved of which bytes: findings and where they came from. */
export interface Certificate {
  /** What the reader of the file had to assume and which limits were replaced, one sentence each. */
  assumptions: string[];
  /** The program that checked. */
  checker: Checker;
  /** The bytes say of themselves that they are a draft: whatever the verdict is, they are not to be flown. */
  draft: boolean | null;
  /** End of the last motion, milliseconds of show time. */
  duration_ms: number;
  failure: FailureFigures | null;
  /** The file whose bytes were decoded. */
  file: FileId;
  /** The same of pairs near the ground, which the rule of the ground governs. */
  ground_separation_per_second_m: (number | null)[];
  /** Where each of the limits came from, by the name of the field in `kapok_show::Limits`. */
  limit_sources: Readonly<Record<string, LimitSource>>;
  /** The limits that were held against the show. */
  limits: Readonly<Record<string, number>>;
  /** One entry per instant at which returns to home begin. */
  return_entries: ReturnEntryReport[];
  /** One entry per rule, always all of them, always in the order of `Rule`. */
  rules: RuleReport[];
  /** `SCHEMA`. */
  schema: string;
  /**
   * Element k: no two vehicles of which at least one flies come closer than this during second k of the show, metres,
   * in the metric of the rule of flight. A lower bound, within the plot tolerance of the minimum wherever that is
   * within the search radius, and never more than that radius. 0 in a second in which more than a thousand pairs break
   * a rule.
   */
  separation_per_second_m: (number | null)[];
  /** The show's title. */
  title: string;
  /** Number of vehicles. */
  vehicle_count: number;
  /** Content hash of each vehicle, in order. */
  vehicle_sha256: string[];
  /** Violated if any rule is, else undecided if any rule is, else proved. Undecided counts as not safe. */
  verdict: Verdict;
}

export function readCertificate(r: Reader): Certificate {
  return {
    assumptions: r.field("assumptions").listOrEmpty((v) => v.string()),
    checker: readChecker(r.field("checker")),
    draft: r.field("draft").orNull((v) => v.boolean()),
    duration_ms: r.field("duration_ms").number(),
    failure: r.field("failure").orNull(readFailureFigures),
    file: readFileId(r.field("file")),
    ground_separation_per_second_m: r.field("ground_separation_per_second_m").listOrEmpty((v) => v.orNull((v) => v.number())),
    limit_sources: r.field("limit_sources").fieldsOrEmpty((v) => v.oneOf(LIMIT_SOURCES)),
    limits: r.field("limits").table(),
    return_entries: r.field("return_entries").listOrEmpty(readReturnEntryReport),
    rules: r.field("rules").listOrEmpty(readRuleReport),
    schema: r.field("schema").string(),
    separation_per_second_m: r.field("separation_per_second_m").listOrEmpty((v) => v.orNull((v) => v.number())),
    title: r.field("title").string(),
    vehicle_count: r.field("vehicle_count").count(),
    vehicle_sha256: r.field("vehicle_sha256").listOrEmpty((v) => v.string()),
    verdict: r.field("verdict").oneOf(VERDICTS),
  };
}
