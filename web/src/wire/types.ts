/**
 * The shapes that the server sends, named as on the wire: snake_case with units.
 * Positions are in the site frame, metres: x to the right, y away from the audience, z up.
 */

export type Vec2M = readonly [x: number, y: number];
export type Vec3M = readonly [x: number, y: number, z: number];

export type KeepOutShape =
  | { kind: "cylinder"; centre_m: Vec2M; radius_m: number; bottom_m: number; top_m: number }
  | { kind: "prism"; polygon_m: Vec2M[]; bottom_m: number; top_m: number };

export interface HyperboloidTower {
  kind: "hyperboloid-tower";
  base_radii_m: Vec2M;
  top_radii_m: Vec2M;
  twist_deg: number;
  body_height_m: number;
  total_height_m: number;
  columns: number;
  rings: number;
}

export type LandmarkShape = HyperboloidTower | { kind: "block"; size_m: Vec3M };

export interface KeepOut {
  name: string;
  shape: KeepOutShape;
}

export interface Audience {
  name: string;
  polygon_m: Vec2M[];
  eye_m: Vec3M;
  look_at_m: Vec3M;
}

export interface Landmark {
  name: string;
  centre_m: Vec2M;
  shape: LandmarkShape;
}

/** The horizontal bound of the flight, without its holes. */
export interface Geofence {
  polygon_m: Vec2M[];
  holes_m: Vec2M[][];
}

export interface Environment {
  geofence: Geofence | null;
  keep_outs: KeepOut[];
  audiences: Audience[];
  waters: { name: string; polygon_m: Vec2M[] }[];
  /** Streets and railways that stay in use. */
  roads: { name: string; polygon_m: Vec2M[] }[];
  landmarks: Landmark[];
}

export interface Limits {
  min_separation_m: number;
  downwash_scale: number;
  ground_separation_m: number;
  max_velocity_xy_m_s: number;
  max_velocity_up_m_s: number;
  max_velocity_down_m_s: number;
  max_acceleration_m_s2: number;
  max_jerk_m_s3: number;
  /** Left out by servers that do not know it. */
  max_yaw_rate_deg_s?: number;
  max_altitude_m: number;
  min_navigation_altitude_m: number;
  max_wind_m_s: number;
  battery_reserve: number;
}

export type ChapterKind = "takeoff" | "transition" | "formation" | "landing";

export interface Chapter {
  name: string;
  kind: ChapterKind;
  start_ms: number;
  end_ms: number;
}

export interface ShowFile {
  name: string;
  sha256: string;
  bytes: number;
}

export interface Show {
  title: string;
  file: ShowFile;
  vehicle_count: number;
  duration_ms: number;
  site: {
    origin: { latitude_deg: number; longitude_deg: number; amsl_m: number };
    heading_deg: number;
  };
  environment: Environment;
  limits: Limits;
  profile: { name: string; mass_kg: number; diameter_m: number; endurance_s: number };
  chapters: Chapter[];
  vehicles: { name: string; home_m: Vec3M }[];
}

export type Verdict = "proved" | "violated" | "undecided";
export type RuleVerdict = Verdict | "not-applicable";

/** One instant at which a rule is closest to its limit, or past it. */
export interface Witness {
  value: number;
  /** No instant of the whole show is worse than this; null when the certificate does not say. */
  bound: number | null;
  t_ms: number;
  vehicles: { index: number; name: string }[];
  positions_m: Vec3M[];
}

export interface Rule {
  rule: string;
  title: string;
  limit: { value: number; unit: string } | null;
  verdict: RuleVerdict;
  worst: Witness | null;
  margin: number | null;
  detail: string;
  /** What would do instead, one sentence each. */
  help: string[];
  violations: number;
  witnesses: Witness[];
}

/** Where a limit came from: the show file, the defaults, or whoever asked for the proof. */
export type LimitSource = "file" | "default" | "flag";

export const LOSS_MODES = ["stops", "drifts", "falls"] as const;
export type LossMode = (typeof LOSS_MODES)[number];

/** Whom a vehicle that leaves its plan reaches while all others fly on. */
export interface LossCase {
  /** Who is lost, and whom it reaches or comes nearest to, by index. */
  lost: { index: number; name: string };
  other: { index: number; name: string };
  /** When it is lost. */
  t_ms: number;
  after_s: number;
  distance_m: number;
}

/** What a loss does to the others: bounds that hold for every loss at every instant, and the worst case that is known. */
export interface LossFigure {
  mode: LossMode;
  horizon_s: number;
  /** For so long after the loss nobody is touched; the horizon if nobody is at all. */
  untouched_s: number;
  /** Nobody comes nearer than this; 0 where somebody may be touched. */
  left_m: number;
  worst: LossCase | null;
  /** Is the worst case one of touching? Else it only is the nearest known. */
  touches: boolean;
  /** The search ended early: the bounds hold, and are wider than need be. */
  cut_short: boolean;
}

/** What is left if the vehicles of one sector lose their position and drift with the wind; null where nothing is near. */
export interface SectorLoss {
  sector: string;
  vehicles: number;
  drift_m: number | null;
  fence_left_m: number | null;
  audience_left_m: number | null;
  others_left_m: number | null;
  /** The same in full; null in certificates without it. */
  others: LossFigure | null;
  /** After this time the first can be outside the fence or among the spectators. */
  first_contact_s: number | null;
}

/** What happens if something fails; null where it could not be reckoned. */
export interface Failure {
  wind_m_s: number | null;
  largest_reach_m: number | null;
  gnss_reaction_s: number | null;
  /** One vehicle is lost, one figure for each way to be lost. */
  one_lost: LossFigure[];
  sectors: SectorLoss[];
  needed_airspeed_m_s: number | null;
  airspeed_at_max_tilt_m_s: number | null;
  reserve_m_s: number | null;
}

/** The returns to home that begin at one instant, all together. */
export interface ReturnEntry {
  time_s: number;
  verdict: Verdict;
  min_separation_m: number | null;
  /** Why, if it is not proved. */
  detail: string;
}

export interface Certificate {
  schema: string;
  checker: { name: string; version: string };
  /** Hash of the file that the certificate speaks of; empty when it does not say. */
  file_sha256: string;
  /** Content hash of each vehicle, in order; empty when the certificate has none. */
  vehicle_sha256: string[];
  /** What the reader of the file had to assume, one sentence each. */
  assumptions: string[];
  /** The limits that were held against the show, by their names with units. */
  limits: Readonly<Record<string, number>>;
  /** Where each of them came from, by the same names. */
  limit_sources: Readonly<Record<string, LimitSource>>;
  title: string;
  vehicle_count: number;
  duration_ms: number;
  verdict: Verdict;
  rules: Rule[];
  /** Least separation in flight in each second of the show, metres; empty when the certificate has none. */
  separation_per_second_m: (number | null)[];
  /** The same of pairs near the ground. */
  ground_separation_per_second_m: (number | null)[];
  /** Null when the certificate says nothing of failures. */
  failure: Failure | null;
  return_entries: ReturnEntry[];
}
