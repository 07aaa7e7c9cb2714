// Written by `cargo xtask generate` from the Rust types.

import { Reader, type Vec2M, type Vec3M } from "./reader";
import { type FileId, readFileId } from "./certificate";

/** What happens in a chapter. */
export const CHAPTER_KINDS = ["takeoff", "transition", "formation", "landing"] as const;
export type ChapterKind = (typeof CHAPTER_KINDS)[number];

/** A named stretch of show time. */
export interface Chapter {
  /** End, milliseconds. */
  end_ms: number;
  /** What happens in it. */
  kind: ChapterKind;
  /** Name, from the storyboard. */
  name: string;
  /** Start, milliseconds. */
  start_ms: number;
}

export function readChapter(r: Reader): Chapter {
  return {
    end_ms: r.field("end_ms").number(),
    kind: r.field("kind").oneOf(CHAPTER_KINDS),
    name: r.field("name").string(),
    start_ms: r.field("start_ms").number(),
  };
}

/** An area with spectators. */
export interface Audience {
  /** Eye of the audience camera. */
  eye_m: Vec3M;
  /**
   * Angle that the audience's eye takes in from left to right, degrees; the audience camera shows just this. None: the
   * camera turns and opens as far as all pictures of the show need.
   */
  fov_deg: number | null;
  /** Point the audience camera looks at. */
  look_at_m: Vec3M;
  /** What it is. */
  name: string;
  /** Its outline; without corners it is no area, but only the place of a camera. */
  polygon_m: Vec2M[];
}

export function readAudience(r: Reader): Audience {
  return {
    eye_m: r.field("eye_m").vec3(),
    fov_deg: r.field("fov_deg").orNull((v) => v.number()),
    look_at_m: r.field("look_at_m").vec3(),
    name: r.field("name").string(),
    polygon_m: r.field("polygon_m").listOrEmpty((v) => v.vec2()),
  };
}

/**
 * The horizontal bound of the flight: a simple polygon without its holes; either orientation, first points not
 * repeated.
 */
export interface Geofence {
  /** Further outlines: a vehicle must be inside of each of them, too. */
  also_inside_m: Vec2M[][];
  /** Outlines that are not part of it, at any altitude; each at least three corners. */
  holes_m: Vec2M[][];
  /** At least three corners. */
  polygon_m: Vec2M[];
}

export function readGeofence(r: Reader): Geofence {
  return {
    also_inside_m: r.field("also_inside_m").listOrEmpty((v) => v.list((v) => v.vec2(), 3)),
    holes_m: r.field("holes_m").listOrEmpty((v) => v.list((v) => v.vec2(), 3)),
    polygon_m: r.field("polygon_m").list((v) => v.vec2(), 3),
  };
}

/** Shape of a keep-out volume, upright, between two altitudes above the site's origin. */
export type KeepOutShape =
  | { kind: "cylinder"; bottom_m: number; centre_m: Vec2M; radius_m: number; top_m: number }
  | { kind: "prism"; bottom_m: number; polygon_m: Vec2M[]; top_m: number };

export function readKeepOutShape(r: Reader): KeepOutShape {
  const kind = r.field("kind").oneOf(["cylinder", "prism"]);
  switch (kind) {
    case "cylinder":
      return {
        kind,
        bottom_m: r.field("bottom_m").number(),
        centre_m: r.field("centre_m").vec2(),
        radius_m: r.field("radius_m").number(),
        top_m: r.field("top_m").number(),
      };
    case "prism":
      return {
        kind,
        bottom_m: r.field("bottom_m").number(),
        polygon_m: r.field("polygon_m").list((v) => v.vec2(), 3),
        top_m: r.field("top_m").number(),
      };
  }
}

/** A volume no vehicle may enter. */
export interface KeepOut {
  /** What it is. */
  name: string;
  /** Its extent. */
  shape: KeepOutShape;
}

export function readKeepOut(r: Reader): KeepOut {
  return {
    name: r.field("name").string(),
    shape: readKeepOutShape(r.field("shape")),
  };
}

/** Shape of a landmark. */
export type LandmarkShape =
  | { kind: "hyperboloid-tower"; base_radii_m: Vec2M; body_height_m: number; columns: number; rings: number; top_radii_m: Vec2M; total_height_m: number; twist_deg: number }
  | { kind: "block"; size_m: Vec3M };

export function readLandmarkShape(r: Reader): LandmarkShape {
  const kind = r.field("kind").oneOf(["hyperboloid-tower", "block"]);
  switch (kind) {
    case "hyperboloid-tower":
      return {
        kind,
        base_radii_m: r.field("base_radii_m").vec2(),
        body_height_m: r.field("body_height_m").number(),
        columns: r.field("columns").count(),
        rings: r.field("rings").count(),
        top_radii_m: r.field("top_radii_m").vec2(),
        total_height_m: r.field("total_height_m").number(),
        twist_deg: r.field("twist_deg").number(),
      };
    case "block":
      return {
        kind,
        size_m: r.field("size_m").vec3(),
      };
  }
}

/** A building to be drawn to scale. */
export interface Landmark {
  /** Centre of its foot. */
  centre_m: Vec2M;
  /** What it is. */
  name: string;
  /** Its shape. */
  shape: LandmarkShape;
}

export function readLandmark(r: Reader): Landmark {
  return {
    centre_m: r.field("centre_m").vec2(),
    name: r.field("name").string(),
    shape: readLandmarkShape(r.field("shape")),
  };
}

/** A street or a railway that stays in use. */
export interface Road {
  /** What it is. */
  name: string;
  /** Its outline. */
  polygon_m: Vec2M[];
}

export function readRoad(r: Reader): Road {
  return {
    name: r.field("name").string(),
    polygon_m: r.field("polygon_m").list((v) => v.vec2(), 3),
  };
}

/** A body of water. */
export interface Water {
  /** What it is. */
  name: string;
  /** Its outline. */
  polygon_m: Vec2M[];
}

export function readWater(r: Reader): Water {
  return {
    name: r.field("name").string(),
    polygon_m: r.field("polygon_m").list((v) => v.vec2(), 3),
  };
}

/** What stands around the show. All positions in the site frame, metres. */
export interface Environment {
  /** Where the spectators are; the first one has the audience camera. */
  audiences: Audience[];
  /** Where vehicles may be, horizontally. None: nowhere is forbidden. */
  geofence: Geofence | null;
  /** Under a roof, where no wind blows. */
  indoor: boolean;
  /** Volumes no vehicle may enter. */
  keep_outs: KeepOut[];
  /** Buildings to be drawn. They forbid nothing: that is what `keep_outs` are for. */
  landmarks: Landmark[];
  /** Streets and railways that stay in use. */
  roads: Road[];
  /** Rivers, lakes, harbours. */
  waters: Water[];
}

export function readEnvironment(r: Reader): Environment {
  return {
    audiences: r.field("audiences").listOrEmpty(readAudience),
    geofence: r.field("geofence").orNull(readGeofence),
    indoor: r.field("indoor").absent ? false : r.field("indoor").boolean(),
    keep_outs: r.field("keep_outs").listOrEmpty(readKeepOut),
    landmarks: r.field("landmarks").listOrEmpty(readLandmark),
    roads: r.field("roads").listOrEmpty(readRoad),
    waters: r.field("waters").listOrEmpty(readWater),
  };
}

/**
 * What a show may do. Planner and proof read the same values. The defaults are at or below the published limits of
 * fielded show systems (Drotek LSC, Skybrush, Intel).
 */
export interface Limits {
  /** Share of the vehicle's endurance that must be left after landing, 0 to 1. */
  battery_reserve: number;
  /** How many times longer the separation ellipsoid is vertically than horizontally; 1 is a sphere. */
  downwash_scale: number;
  /** Least distance of two vehicles while both are near the ground (`Limits::ground_rule_altitude_m`), metres. */
  ground_separation_m: number;
  /** Largest acceleration (length of the vector), m/s². */
  max_acceleration_m_s2: number;
  /** Highest altitude above the site's origin, metres. */
  max_altitude_m: number;
  /** Largest jerk (length of the vector), m/s³. */
  max_jerk_m_s3: number;
  /** Largest speed downwards, m/s. */
  max_velocity_down_m_s: number;
  /** Largest speed upwards, m/s. */
  max_velocity_up_m_s: number;
  /** Largest horizontal speed, m/s. */
  max_velocity_xy_m_s: number;
  /** Wind up to which the show may fly, m/s. */
  max_wind_m_s: number;
  /** Largest rate of turn about the vertical, degrees per second. */
  max_yaw_rate_deg_s: number;
  /** Below this altitude there is no sideways motion, metres. */
  min_navigation_altitude_m: number;
  /** Least distance of two vehicles in flight, metres, measured with z divided by `downwash_scale`. */
  min_separation_m: number;
}

export function readLimits(r: Reader): Limits {
  return {
    battery_reserve: r.field("battery_reserve").number(),
    downwash_scale: r.field("downwash_scale").number(),
    ground_separation_m: r.field("ground_separation_m").number(),
    max_acceleration_m_s2: r.field("max_acceleration_m_s2").number(),
    max_altitude_m: r.field("max_altitude_m").number(),
    max_jerk_m_s3: r.field("max_jerk_m_s3").number(),
    max_velocity_down_m_s: r.field("max_velocity_down_m_s").number(),
    max_velocity_up_m_s: r.field("max_velocity_up_m_s").number(),
    max_velocity_xy_m_s: r.field("max_velocity_xy_m_s").number(),
    max_wind_m_s: r.field("max_wind_m_s").number(),
    max_yaw_rate_deg_s: r.field("max_yaw_rate_deg_s").absent ? 30.0 : r.field("max_yaw_rate_deg_s").number(),
    min_navigation_altitude_m: r.field("min_navigation_altitude_m").number(),
    min_separation_m: r.field("min_separation_m").number(),
  };
}

/** The kind of vehicle a fleet is made of. */
export interface VehicleProfile {
  /** Largest extent, rotor tip to rotor tip, metres. */
  diameter_m: number;
  /** Flight time on a full battery, seconds. */
  endurance_s: number;
  /** Take-off mass, kilograms. */
  mass_kg: number;
  /** Name of the type. */
  name: string;
}

export function readVehicleProfile(r: Reader): VehicleProfile {
  return {
    diameter_m: r.field("diameter_m").number(),
    endurance_s: r.field("endurance_s").number(),
    mass_kg: r.field("mass_kg").number(),
    name: r.field("name").string(),
  };
}

/** How well a scene with text or drawings is read. */
export interface SceneReading {
  /** How many vehicles would do where it is not; null where no count is known. */
  count_needed: number | null;
  /** Is it at or above the bar from which words are read? */
  is_readable: boolean;
  /** Name of the scene. */
  scene: string;
  /** 0 to 1. */
  score: number;
}

export function readSceneReading(r: Reader): SceneReading {
  return {
    count_needed: r.field("count_needed").orNull((v) => v.count()),
    is_readable: r.field("is_readable").boolean(),
    scene: r.field("scene").string(),
    score: r.field("score").number(),
  };
}

/** A geodetic position on WGS-84. */
export interface Wgs84 {
  /**
   * Height above mean sea level, metres. The geoid's height above the ellipsoid is left out: only differences inside
   * one site are used.
   */
  amsl_m: number;
  /** Geodetic latitude, degrees north, −90 to 90. */
  latitude_deg: number;
  /** Longitude, degrees east, −180 to 180. */
  longitude_deg: number;
}

export function readWgs84(r: Reader): Wgs84 {
  return {
    amsl_m: r.field("amsl_m").number(),
    latitude_deg: r.field("latitude_deg").number(),
    longitude_deg: r.field("longitude_deg").number(),
  };
}

/** Where the show stands and which way it looks. By default at latitude and longitude 0, at sea level, northwards. */
export interface Site {
  /** Compass bearing of the site frame's y axis: degrees from north towards east, 0 to 360. */
  heading_deg: number;
  /** Origin of the site frame. */
  origin: Wgs84;
}

export function readSite(r: Reader): Site {
  return {
    heading_deg: r.field("heading_deg").number(),
    origin: readWgs84(r.field("origin")),
  };
}

/** What is behind a show that pages are given; what is proved grows from the first to the last. */
export const STANDINGS = ["pictures", "motion", "checked", "judged"] as const;
export type Standing = (typeof STANDINGS)[number];

/** A vehicle of the show. */
export interface ShowVehicle {
  /** Its take-off pad. */
  home_m: Vec3M;
  /** Its name. */
  name: string;
}

export function readShowVehicle(r: Reader): ShowVehicle {
  return {
    home_m: r.field("home_m").vec3(),
    name: r.field("name").string(),
  };
}

/** What the page is told of the show besides motions and lights. Positions are in the site frame. */
export interface ShowAnswer {
  /** Its parts, in order of time. */
  chapters: Chapter[];
  /** End of the last motion, milliseconds. */
  duration_ms: number;
  /** What stands around it. */
  environment: Environment;
  /** The file that was read. */
  file: FileId;
  /** What it may do. */
  limits: Limits;
  /** The kind of vehicle. */
  profile: VehicleProfile;
  /** How well its scenes are read, where a script says it; empty for show files. */
  readings: SceneReading[];
  /** Where it stands. */
  site: Site;
  /** What is behind it. */
  standing: Standing;
  /** Title of the show. */
  title: string;
  /** Number of vehicles. */
  vehicle_count: number;
  /** The vehicles, in the order of their indices. */
  vehicles: ShowVehicle[];
  /** Number of the show among those that this server has shown; a newer one has a larger number. */
  version: number;
}

export function readShowAnswer(r: Reader): ShowAnswer {
  return {
    chapters: r.field("chapters").listOrEmpty(readChapter),
    duration_ms: r.field("duration_ms").number(),
    environment: readEnvironment(r.field("environment")),
    file: readFileId(r.field("file")),
    limits: readLimits(r.field("limits")),
    profile: readVehicleProfile(r.field("profile")),
    readings: r.field("readings").listOrEmpty(readSceneReading),
    site: readSite(r.field("site")),
    standing: r.field("standing").oneOf(STANDINGS),
    title: r.field("title").string(),
    vehicle_count: r.field("vehicle_count").count(),
    vehicles: r.field("vehicles").listOrEmpty(readShowVehicle),
    version: r.field("version").count(),
  };
}
