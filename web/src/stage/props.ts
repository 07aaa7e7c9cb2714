/** What a page tells the stage, and what the stage tells the page. */

import type { FlownSampler } from "../kit/fleet/flown";
import type { LightSampler } from "../kit/fleet/lights";
import type { TrajectorySampler } from "../kit/fleet/trajectory";
import type { HeatScale } from "../kit/heat";
import type { SafetyFootprint } from "../wire/safety";
import type { ShowAnswer } from "../wire/show";
import type { Mood } from "./looks";

export const CAMERA_MODES = ["audience", "orbit", "top", "side", "free", "vehicle"] as const;
export type CameraMode = (typeof CAMERA_MODES)[number];

/** What is drawn beside the lights. */
export const STAGE_LAYERS = ["fence", "keepouts", "dark", "pads", "reflections", "labels"] as const;
export type StageLayer = (typeof STAGE_LAYERS)[number];

/** What is on the stage; never changes. */
export interface StageShow {
  readonly show: ShowAnswer;
  readonly trajectories: TrajectorySampler;
  readonly lights: LightSampler;
}

/** How much of the picture panels cover, CSS pixels. */
export interface CoveredPx {
  top: number;
  right: number;
  bottom: number;
}

/** What is shown of it now; read at each frame. Vehicles are named by index. */
export interface StageView {
  readonly tMs: number;
  readonly layers: Readonly<Record<StageLayer, boolean>>;
  readonly mood: Mood;
  /** Size of the lights, as a factor of that which suits the show. */
  readonly lightSize: number;
  readonly selected: number | null;
  /** Two vehicles that are marked together. */
  readonly pair: readonly [number, number] | null;
  /** The vehicles of a finding, marked as such in place of the pair. */
  readonly finding: readonly number[] | null;
  /** A flight that is drawn in place of the plan, with the planned places as dots; `blocks` changes when more of it is known. */
  readonly flown: { readonly sampler: FlownSampler; readonly blocks: number } | null;
  /** The footprint on the ground; null while it is hidden. */
  readonly heat: { readonly footprint: SafetyFootprint; readonly scale: HeatScale } | null;
  readonly covered: CoveredPx;
}

export interface StageEvents {
  /** Before each frame: so much wall time has passed, milliseconds. */
  onFrame(elapsedMs: number): void;
  /** A vehicle was clicked. */
  onPick(vehicle: number): void;
  onCameraMove(): void;
  /** Why there is no picture; empty when it is there again. */
  onFault(message: string): void;
}

/** How the camera is moved in free flight, as long as a key is held. */
export const MOVES = ["ahead", "back", "left", "right", "up", "down", "turn-left", "turn-right", "look-up", "look-down", "faster"] as const;
export type Move = (typeof MOVES)[number];

/** What a page asks the camera to do. */
export interface CameraPort {
  /** Index of the audience whose eye is looked from. */
  readonly audience: number;
  setMode(mode: CameraMode): void;
  /** Looks from the eye of this audience, by its index. */
  setAudience(audience: number): void;
  /** Shows all that is to be seen, as at first. */
  fit(): void;
  /** Flies to look at `centreM` from a distance that shows `radiusM` around it. */
  frame(centreM: readonly [number, number, number], radiusM: number): void;
  /** Turns or looks around, as by a drag of so many pixels. */
  drag(dxPx: number, dyPx: number): void;
  pan(dxPx: number, dyPx: number): void;
  /** A factor below 1 comes nearer. */
  zoom(factor: number): void;
  /** Starts or ends a movement of free flight. */
  hold(move: Move, held: boolean): void;
  releaseAll(): void;
  numbers(): number[];
  restore(mode: CameraMode, numbers: number[]): void;
}
