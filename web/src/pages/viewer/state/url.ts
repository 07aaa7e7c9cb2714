/**
 * The view as a link: everything a viewer has set, in the hash of the address, such as
 * `#t=93.25&speed=2&cam=orbit:0,0,60,250,-30,20&sel=17&panel=certificate&layers=fence,pads`.
 * Unknown or senseless parts are ignored, so that an old link still opens.
 */

import { SPEEDS } from "../../../kit/speeds";
import { MOODS, type Mood } from "../../../stage/looks";
import { CAMERA_MODES, type CameraMode } from "../../../stage/props";
import type { Focus } from "../figures/certificate";
import { LIGHT_SIZES } from "./light-sizes";
import { LAYERS, type LayerName } from "./layers";

export const PANELS = ["certificate", "safety", "vehicle", "show", "flight"] as const;
export type PanelName = (typeof PANELS)[number];

/** What a link holds; null where it says nothing. */
export interface LinkState {
  tMs: number | null;
  speed: number | null;
  camera: { mode: CameraMode; numbers: number[] } | null;
  vehicle: number | null;
  /** "none" when all panels are closed. */
  panel: PanelName | "none" | null;
  layers: LayerName[] | null;
  mood: Mood | null;
  /** Factor of the size of the lights. */
  lightSize: number | null;
  focus: Focus | null;
  /** Two vehicles that are shown together. */
  pair: [number, number] | null;
  /** False: of a show with a flight log the plan is shown. */
  flown: boolean | null;
}

export const EMPTY_LINK: LinkState = {
  tMs: null,
  speed: null,
  camera: null,
  vehicle: null,
  panel: null,
  layers: null,
  mood: null,
  lightSize: null,
  focus: null,
  pair: null,
  flown: null,
};

const isOneOf = <T extends string>(values: readonly T[], value: string): value is T =>
  (values as readonly string[]).includes(value);

/** At most `decimals` decimals, no trailing zeros. */
const short = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)));

/** Writes the hash, without `#`. */
export function encodeLink(state: LinkState): string {
  const parts: string[] = [];
  if (state.tMs !== null) parts.push(`t=${short(state.tMs / 1000, 3)}`);
  if (state.speed !== null && state.speed !== 1) parts.push(`speed=${state.speed}`);
  if (state.camera) {
    const numbers = state.camera.numbers.map((n) => short(n, 2)).join(",");
    parts.push(`cam=${state.camera.mode}${numbers ? `:${numbers}` : ""}`);
  }
  if (state.vehicle !== null) parts.push(`sel=${state.vehicle}`);
  if (state.panel !== null) parts.push(`panel=${state.panel}`);
  if (state.layers) parts.push(`layers=${state.layers.join(",")}`);
  if (state.mood) parts.push(`mood=${state.mood}`);
  if (state.lightSize !== null && state.lightSize !== 1) parts.push(`lights=${short(state.lightSize, 2)}`);
  if (state.focus) {
    const { rule, witness } = state.focus;
    parts.push(`focus=${encodeURIComponent(rule)}${witness < 0 ? "" : `:${witness}`}`);
  }
  if (state.pair) parts.push(`pair=${state.pair.join("-")}`);
  if (state.flown === false) parts.push("flown=no");
  return parts.join("&");
}

function finite(text: string): number | null {
  const value = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

function decodeCamera(value: string): LinkState["camera"] {
  const [mode = "", rest = ""] = value.split(":");
  if (!isOneOf(CAMERA_MODES, mode)) return null;
  const numbers = rest === "" ? [] : rest.split(",").map(finite);
  return numbers.every((n) => n !== null) ? { mode, numbers: numbers as number[] } : null;
}

function decodeText(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

function decodeFocus(value: string): LinkState["focus"] {
  const [name = "", index = "-1"] = value.split(":");
  const rule = decodeText(name);
  const witness = finite(index);
  return rule && witness !== null && Number.isInteger(witness) ? { rule, witness } : null;
}

function decodePair(value: string): LinkState["pair"] {
  const found = /^(\d{1,9})-(\d{1,9})$/.exec(value);
  return found && found[1] !== found[2] ? [Number(found[1]), Number(found[2])] : null;
}

/** Reads a hash, with or without `#`. */
export function decodeLink(hash: string): LinkState {
  const state: LinkState = { ...EMPTY_LINK };
  for (const part of hash.replace(/^#/, "").split("&")) {
    const cut = part.indexOf("=");
    if (cut < 0) continue;
    const value = part.slice(cut + 1);
    const number = finite(value);
    switch (part.slice(0, cut)) {
      case "t":
        state.tMs = number === null ? null : number * 1000;
        break;
      case "speed":
        state.speed = SPEEDS.find((s) => s === number) ?? null;
        break;
      case "cam":
        state.camera = decodeCamera(value);
        break;
      case "sel":
        state.vehicle = number !== null && Number.isInteger(number) && number >= 0 ? number : null;
        break;
      case "panel":
        state.panel = value === "none" || isOneOf(PANELS, value) ? value : null;
        break;
      case "layers":
        state.layers = LAYERS.filter((layer) => value.split(",").includes(layer));
        break;
      case "mood":
        state.mood = isOneOf(MOODS, value) ? value : null;
        break;
      case "lights":
        state.lightSize = number !== null && number >= LIGHT_SIZES.least && number <= LIGHT_SIZES.most ? number : null;
        break;
      case "focus":
        state.focus = decodeFocus(value);
        break;
      case "pair":
        state.pair = decodePair(value);
        break;
      case "flown":
        state.flown = value === "no" ? false : null;
        break;
    }
  }
  return state;
}
