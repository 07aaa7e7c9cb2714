/** Everything that the page shows and that a viewer can set; the scene and the panels both read it. */

import { untrack } from "svelte";
import { ApiError, fetchCertificate, fetchFleet, fetchShow } from "../../../wire/api";
import type { Fleet } from "../../../wire/fleet";
import { LightSampler } from "../../../kit/fleet/lights";
import { TrajectorySampler } from "../../../kit/fleet/trajectory";
import type { Certificate, Rule, Show, Witness } from "../../../wire/types";
import { LAYERS, SPEEDS, type CameraMode, type LayerName, type LinkState, type PanelName } from "./url";
import { Player } from "../../../kit/player.svelte";
import { SafetyFigures } from "./safety.svelte";

/** A loaded show; never changes. */
export interface Loaded {
  readonly show: Show;
  readonly fleet: Fleet;
  readonly certificate: Certificate | null;
  /** Why the certificate could not be read, when there was one. */
  readonly certificateError: string;
  readonly trajectories: TrajectorySampler;
  readonly lights: LightSampler;
}

export type Status =
  | { kind: "loading"; step: string }
  | { kind: "failed"; message: string; remedy: string }
  | { kind: "ready"; loaded: Loaded };

/** A finding of the certificate that is shown in the scene; witness −1 is the rule's worst. */
export interface Focus {
  rule: string;
  witness: number;
}

const DEFAULT_LAYERS: Record<LayerName, boolean> = {
  fence: true,
  keepouts: false,
  dark: true,
  pads: true,
  reflections: true,
  labels: false,
  worst: false,
  footprint: false,
};

/** What the page asks the camera to do; the stage carries it out. */
export interface CameraPort {
  setMode(mode: CameraMode): void;
  /** Flies to look at `centreM` from a distance that shows `radiusM` around it. */
  frame(centreM: readonly [number, number, number], radiusM: number): void;
  /** Turns or looks around, as by a drag of so many pixels. */
  drag(dxPx: number, dyPx: number): void;
  pan(dxPx: number, dyPx: number): void;
  /** A factor below 1 comes nearer. */
  zoom(factor: number): void;
  numbers(): number[];
  restore(mode: CameraMode, numbers: number[]): void;
}

export class Viewer {
  readonly player = new Player();
  readonly safety = new SafetyFigures();
  status = $state.raw<Status>({ kind: "loading", step: "Contacting the server" });
  cameraMode = $state<CameraMode>("audience");
  /** Index of the selected vehicle. */
  selected = $state<number | null>(null);
  panel = $state<PanelName | null>("certificate");
  layers = $state<Record<LayerName, boolean>>({ ...DEFAULT_LAYERS });
  focus = $state<Focus | null>(null);
  /** Two vehicles that are marked together, by index. */
  pair = $state.raw<[number, number] | null>(null);
  /** Size of the panel, CSS pixels; 0 when it is closed. */
  panelPx = $state.raw({ width: 0, height: 0 });
  helpOpen = $state(false);
  /** Why there is no picture; empty when there is one. */
  stageError = $state("");
  /** Counts changes of the camera, so that the link follows them. */
  cameraChanges = $state(0);
  camera: CameraPort | null = null;

  get loaded(): Loaded | null {
    return this.status.kind === "ready" ? this.status.loaded : null;
  }

  /** Loads the show; the outcome is in `status`. */
  async load(): Promise<void> {
    try {
      this.status = { kind: "loading", step: "Reading the show" };
      const show = await fetchShow();
      this.status = { kind: "loading", step: `Reading ${show.vehicle_count} trajectories` };
      const fleet = await fetchFleet(show.vehicle_count);
      this.status = { kind: "loading", step: "Reading the certificate" };
      let certificate: Certificate | null = null;
      let certificateError = "";
      try {
        certificate = await fetchCertificate();
      } catch (error) {
        // The show can be watched without its certificate; the panel says that it could not be read.
        certificateError = error instanceof Error ? error.message : String(error);
      }
      this.player.durationMs = show.duration_ms;
      if (show.vehicle_count > 6000) this.layers.reflections = false;
      this.status = {
        kind: "ready",
        loaded: {
          show,
          fleet,
          certificate,
          certificateError,
          trajectories: new TrajectorySampler(fleet),
          lights: new LightSampler(fleet),
        },
      };
    } catch (error) {
      this.status =
        error instanceof ApiError
          ? { kind: "failed", message: error.message, remedy: error.remedy }
          : { kind: "failed", message: `The show could not be opened: ${String(error)}.`, remedy: "Reload this page." };
    }
  }

  select(vehicle: number | null): void {
    if (vehicle !== null && !(vehicle >= 0 && vehicle < (this.loaded?.show.vehicle_count ?? 0))) return;
    this.selected = vehicle;
    if (vehicle !== null) this.panel = "vehicle";
    else if (this.panel === "vehicle") this.panel = "certificate";
  }

  /** Loads the figures of the safety page when something on the screen needs them; for an effect. */
  loadSafetyWhenNeeded(): void {
    const count = this.loaded?.show.vehicle_count;
    if (count === undefined || !(this.panel === "safety" || this.layers.footprint)) return;
    untrack(() => void this.safety.load(count));
  }

  /** Undoes the last thing that is in the way: help, then a shown finding or pair, then the selection, then the panel. */
  escape(): void {
    if (this.helpOpen) this.helpOpen = false;
    else if (this.focus) this.focus = null;
    else if (this.pair) this.pair = null;
    else if (this.selected !== null) this.select(null);
    else this.panel = null;
  }

  setCamera(mode: CameraMode): void {
    this.cameraMode = mode;
    this.camera?.setMode(mode);
  }

  toggleLayer(layer: LayerName): void {
    this.layers[layer] = !this.layers[layer];
  }

  /** Shows the worst pair and goes to its worst moment, or hides it. */
  toggleWorst(): void {
    this.toggleLayer("worst");
    const { worstPair } = this;
    if (this.layers.worst && worstPair) this.goTo({ rule: worstPair.rule.rule, witness: -1 });
  }

  togglePanel(panel: PanelName): void {
    this.panel = this.panel === panel ? null : panel;
  }

  faster(by: 1 | -1): void {
    const at = SPEEDS.findIndex((s) => s === this.player.speed);
    this.player.speed = SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)];
  }

  /** The rule that a focus names. */
  rule(name: string): Rule | null {
    return this.loaded?.certificate?.rules.find((r) => r.rule === name) ?? null;
  }

  /** The finding that is shown in the scene. */
  get focusWitness(): Witness | null {
    return this.focus && this.witness(this.focus);
  }

  witness(focus: Focus): Witness | null {
    const rule = this.rule(focus.rule);
    return (focus.witness < 0 ? rule?.worst : rule?.witnesses[focus.witness]) ?? null;
  }

  /** The closest approach of two vehicles that the certificate names. */
  get worstPair(): { rule: Rule; witness: Witness } | null {
    for (const rule of this.loaded?.certificate?.rules ?? []) {
      if (rule.worst && rule.worst.vehicles.length === 2 && rule.rule === "separation") {
        return { rule, witness: rule.worst };
      }
    }
    return null;
  }

  /** Goes to the instant and the place of a finding. */
  goTo(focus: Focus): void {
    const witness = this.witness(focus);
    if (!witness) return;
    this.focus = focus;
    this.pair = null;
    this.stopAt(witness.t_ms);
    this.flyAround(witness.positions_m, 6);
  }

  /** Marks two vehicles, and goes to where they are at an instant. */
  goToPair(pair: [number, number], tMs: number): void {
    const { loaded } = this;
    if (!loaded) return;
    this.focus = null;
    this.pair = pair;
    this.stopAt(tMs);
    this.flyAround(pair.map((vehicle) => loaded.trajectories.position(vehicle, tMs)), 6);
  }

  /** Selects a vehicle without leaving the panel, and goes to where it is at an instant, with the ground below it. */
  goToVehicle(vehicle: number, tMs: number): void {
    const { loaded } = this;
    if (!loaded) return;
    this.focus = null;
    this.pair = null;
    this.selected = vehicle;
    this.stopAt(tMs);
    const [x, y, z] = loaded.trajectories.position(vehicle, tMs);
    this.flyAround([[x, y, z / 2]], Math.max(14, 0.9 * z));
  }

  private stopAt(tMs: number): void {
    this.player.playing = false;
    this.player.seek(tMs);
  }

  /** Flies to look at points from so near that they fill a third of the picture, but not nearer than a radius. */
  private flyAround(pointsM: readonly (readonly number[])[], leastRadiusM: number): void {
    if (pointsM.length === 0) return;
    const centre = [0, 1, 2].map((k) => pointsM.reduce((sum, p) => sum + p[k], 0) / pointsM.length);
    const radius = Math.max(...pointsM.map((p) => Math.hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2])));
    this.cameraMode = "orbit";
    this.camera?.frame(centre as [number, number, number], Math.max(leastRadiusM, 3 * radius));
  }

  /** What a link to the present view holds. */
  link(): LinkState {
    const { player } = this;
    return {
      tMs: Math.round(player.tMs),
      speed: player.speed,
      camera: { mode: this.cameraMode, numbers: this.camera?.numbers() ?? [] },
      vehicle: this.selected,
      panel: this.panel ?? "none",
      layers: LAYERS.filter((layer) => this.layers[layer]),
      focus: this.focus,
      pair: this.pair,
    };
  }

  /** Restores what a link says, and leaves what it does not say. */
  restore(link: LinkState): void {
    if (link.speed !== null) this.player.speed = link.speed;
    if (link.layers) for (const layer of LAYERS) this.layers[layer] = link.layers.includes(layer);
    if (link.vehicle !== null) this.select(link.vehicle);
    if (link.panel !== null) this.panel = link.panel === "none" ? null : link.panel;
    if (link.focus && this.witness(link.focus)) this.focus = link.focus;
    const count = this.loaded?.show.vehicle_count ?? 0;
    if (link.pair && Math.max(...link.pair) < count) this.pair = link.pair;
    if (link.tMs !== null) this.player.seek(link.tMs);
    if (link.camera) {
      this.cameraMode = link.camera.mode;
      this.camera?.restore(link.camera.mode, link.camera.numbers);
    }
  }
}
