// Written by `cargo xtask generate` from the Rust types.

import { Reader } from "./reader";

/** A mistake of a script with the line it stands in. */
export interface MarkedMistake {
  /** The rest of the line; of a long one the beginning of it. */
  after: string;
  /** The line up to what is meant; of a long line the end of it. */
  before: string;
  /** Column in characters, from 1. */
  column: number;
  /** Name of the script's file. */
  file: string;
  /** What to write instead. */
  help: string | null;
  /** Line, from 1. */
  line: number;
  /** What is meant; empty where something is missing. */
  marked: string;
  /** What is wrong. */
  message: string;
}

export function readMarkedMistake(r: Reader): MarkedMistake {
  return {
    after: r.field("after").string(),
    before: r.field("before").string(),
    column: r.field("column").count(),
    file: r.field("file").string(),
    help: r.field("help").orNull((v) => v.string()),
    line: r.field("line").count(),
    marked: r.field("marked").string(),
    message: r.field("message").string(),
  };
}

/** Why the newest save is not shown, or not flown. */
export interface Trouble {
  /** In a sentence. */
  message: string;
  /** Mistakes of a script, in the order of their places; empty if it is about something else. */
  mistakes: MarkedMistake[];
  /** How many mistakes are not listed. */
  more: number;
}

export function readTrouble(r: Reader): Trouble {
  return {
    message: r.field("message").string(),
    mistakes: r.field("mistakes").listOrEmpty(readMarkedMistake),
    more: r.field("more").count(),
  };
}

/** What is being done for the newest save. */
export const WORKS = ["idle", "reading", "planning", "proving"] as const;
export type Work = (typeof WORKS)[number];

/** What every open page is told, at once and after every change. */
export interface LiveAnswer {
  /** What is wrong with the newest save. */
  trouble: Trouble | null;
  /** Number of the show that is served now; 0: none yet. */
  version: number;
  /** The script that is watched. */
  watched: string | null;
  /** What is being done. */
  work: Work;
}

export function readLiveAnswer(r: Reader): LiveAnswer {
  return {
    trouble: r.field("trouble").orNull(readTrouble),
    version: r.field("version").count(),
    watched: r.field("watched").orNull((v) => v.string()),
    work: r.field("work").oneOf(WORKS),
  };
}
