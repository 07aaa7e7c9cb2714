/** The stores of the viewer, made once: each part of the page is given those that it needs. */

import { untrack } from "svelte";
import { Player } from "../../../kit/player.svelte";
import type { ShowAnswer } from "../../../wire/show";
import { Flight } from "./flight.svelte";
import { Live } from "./live.svelte";
import { SafetyFigures } from "./safety.svelte";
import { Selection } from "./selection.svelte";
import { ShowSource } from "./show-source.svelte";
import { View } from "./view.svelte";

/** Mirror images of more vehicles than these are off at first: they cost as much again. */
const MOST_MIRRORED = 6000;

/** The instant that a show opens at: the middle of its first formation, so that a picture is seen at once. */
export function openingMs({ chapters }: ShowAnswer): number {
  const first = chapters.find(({ kind }) => kind === "formation");
  return first ? Math.round((first.start_ms + first.end_ms) / 2) : 0;
}

export class Viewer {
  readonly player = new Player();
  readonly view = new View();
  readonly safety = new SafetyFigures();
  readonly flight = new Flight();
  readonly source = new ShowSource(({ show }, before) => {
    this.player.durationMs = show.duration_ms;
    if (!before) {
      this.player.seek(openingMs(show));
      if (show.vehicle_count > MOST_MIRRORED) this.view.layers.reflections = false;
      this.view.layers.keepouts = show.environment.keep_outs.length > 0;
      this.view.mood = show.environment.indoor ? "hall" : "night";
      return;
    }
    // Another show on the same stage: time and camera stay, and of what is selected whatever is still there.
    this.player.seek(this.player.tMs);
    this.kept = this.view.camera?.numbers() ?? null;
    this.selection.focus = null;
    if (this.selection.pair && Math.max(...this.selection.pair) >= show.vehicle_count) this.selection.pair = null;
    if ((this.selection.vehicle ?? 0) >= show.vehicle_count) this.selection.select(null);
  });
  readonly live = new Live((version) => this.source.follow(version));
  /** The camera of the stage before, for the next one. */
  private kept: number[] | null = null;
  readonly selection = new Selection(() => this.source.loaded, this.player, this.view);

  /** Loads the figures of the safety page when something on the screen needs them; for an effect. */
  loadSafetyWhenNeeded(): void {
    const show = this.source.loaded?.show;
    if (!show || !(this.view.panel === "safety" || this.view.layers.footprint)) return;
    untrack(() => void this.safety.load(show));
  }

  /** Loads the flight that is shown beside the show, if there is one; for an effect. */
  loadFlight(): void {
    const show = this.source.loaded?.show;
    if (show) untrack(() => void this.flight.load(show));
  }

  /** Gives a new stage the camera of the one before; false if there was none. */
  keepCamera(): boolean {
    if (!this.kept) return false;
    this.view.camera?.restore(this.view.cameraMode, this.kept);
    this.kept = null;
    return true;
  }

  /** Undoes the last thing that is in the way: help, then what is selected, then the panel. */
  escape(): void {
    if (this.view.helpOpen) this.view.helpOpen = false;
    else if (!this.selection.clear()) this.view.panel = null;
  }
}
