// Written by `cargo xtask generate` from the Rust types.

import { Reader, type Vec2M } from "./reader";

/** An entry of the head of a log. */
export interface FlownFact {
  /** What it is. */
  name: string;
  /** What is said of it. */
  value: string;
}

export function readFlownFact(r: Reader): FlownFact {
  return {
    name: r.field("name").string(),
    value: r.field("value").string(),
  };
}

/** How much an event matters. */
export const FLOWN_LEVELS = ["info", "warning", "error"] as const;
export type FlownLevel = (typeof FLOWN_LEVELS)[number];

/** Something that happened. */
export interface FlownEvent {
  /** How much it matters. */
  level: FlownLevel;
  /** What happened. */
  message: string;
  /** What it is about. */
  subject: string;
  /** Time of the show, milliseconds. */
  t_ms: number;
}

export function readFlownEvent(r: Reader): FlownEvent {
  return {
    level: r.field("level").oneOf(FLOWN_LEVELS),
    message: r.field("message").string(),
    subject: r.field("subject").string(),
    t_ms: r.field("t_ms").number(),
  };
}

/** Two vehicles that came near each other. */
export interface FlownPair {
  /** Distance of their centres, metres. */
  distance_m: number;
  /** Their indices. */
  pair: [number, number];
}

export function readFlownPair(r: Reader): FlownPair {
  return {
    distance_m: r.field("distance_m").number(),
    pair: r.field("pair").pair(),
  };
}

/** The vehicle that was farthest from its plan. */
export interface FlownError {
  /** Distance to the planned place, metres. */
  distance_m: number;
  /** Its index. */
  vehicle: number;
}

export function readFlownError(r: Reader): FlownError {
  return {
    distance_m: r.field("distance_m").number(),
    vehicle: r.field("vehicle").count(),
  };
}

/** One instant of the flight. */
export interface FlownFrame {
  /** The closest pair in flight, where one is near enough to be watched. */
  closest: FlownPair | null;
  /** Of the vehicles that fly what they shall, the one that is farthest from its plan. */
  farthest: FlownError | null;
  /** Time of the show, milliseconds. */
  t_ms: number;
  /** Vehicles by status: parked, flying, landing, landed, returning, failsafe, fallen, silent. */
  vehicles: number[];
  /** Wind 10 m above the ground, metres a second towards x and y. */
  wind_m_s: Vec2M | null;
}

export function readFlownFrame(r: Reader): FlownFrame {
  return {
    closest: r.field("closest").orNull(readFlownPair),
    farthest: r.field("farthest").orNull(readFlownError),
    t_ms: r.field("t_ms").number(),
    vehicles: r.field("vehicles").listOrEmpty((v) => v.count()),
    wind_m_s: r.field("wind_m_s").orNull((v) => v.vec2()),
  };
}

/** What a flight log says of the show; where the vehicles were is asked for by block. */
export interface FlownAnswer {
  /** What else the log says of itself. */
  about: FlownFact[];
  /** Frames of a block of positions. */
  block_frames: number;
  /** Why the log ends before its end, if it does. */
  cut: string | null;
  /** What happened. */
  events: FlownEvent[];
  /** The instants, in order of time. */
  frames: FlownFrame[];
  /** Was it this very file? */
  is_same_file: boolean;
  /** Are the positions the truth of a simulation? Otherwise they are what the vehicles reported. */
  is_truth: boolean;
  /** Title of the show that was flown. */
  title: string;
}

export function readFlownAnswer(r: Reader): FlownAnswer {
  return {
    about: r.field("about").listOrEmpty(readFlownFact),
    block_frames: r.field("block_frames").count(),
    cut: r.field("cut").orNull((v) => v.string()),
    events: r.field("events").listOrEmpty(readFlownEvent),
    frames: r.field("frames").listOrEmpty(readFlownFrame),
    is_same_file: r.field("is_same_file").boolean(),
    is_truth: r.field("is_truth").boolean(),
    title: r.field("title").string(),
  };
}
