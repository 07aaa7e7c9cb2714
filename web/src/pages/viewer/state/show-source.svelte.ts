/** The show that the server has, and how far its loading has come. */

import { t } from "../../../kit/language.svelte";
import { LightSampler } from "../../../kit/fleet/lights";
import { TrajectorySampler } from "../../../kit/fleet/trajectory";
import { wordsOf } from "./api-words";
import { ApiError, fetchCertificate, fetchFleet, fetchShow, Superseded } from "../../../wire/api";
import type { Certificate } from "../../../wire/certificate";
import type { ShowAnswer } from "../../../wire/show";
import type { Fleet } from "../../../wire/fleet";

/** A loaded show; never changes. */
export interface Loaded {
  readonly show: ShowAnswer;
  readonly fleet: Fleet;
  readonly certificate: Certificate | null;
  /** Why the certificate could not be read, when there was one. */
  readonly certificateError: string;
  readonly trajectories: TrajectorySampler;
  readonly lights: LightSampler;
  /** Equal for two versions of the same vehicles at the same place: only how they move and shine differs. */
  readonly place: string;
}

export type Status =
  | { kind: "loading"; step: string }
  | { kind: "failed"; message: string; remedy: string }
  | { kind: "ready"; loaded: Loaded };

/** What the stage is built of, as text. */
function placeOf({ environment, vehicles, profile, limits }: ShowAnswer): string {
  return JSON.stringify([environment, vehicles, profile.diameter_m, limits.max_altitude_m]);
}

/** Are all numbers the same? */
function sameFleet(a: Fleet, b: Fleet): boolean {
  const parts = Object.keys(a) as (keyof Fleet)[];
  return parts.every((key) => {
    const [x, y] = [a[key], b[key]];
    if (typeof x === "number" || typeof y === "number") return x === y;
    return x.length === y.length && x.every((value: number, i: number) => value === y[i]);
  });
}

export class ShowSource {
  status = $state.raw<Status>({ kind: "loading", step: t("Contacting the server") });
  private turn = 0;

  /** `onLoaded` is called just before the status says so, with what was loaded before. */
  constructor(private readonly onLoaded: (loaded: Loaded, before: Loaded | null) => void) {}

  get loaded(): Loaded | null {
    return this.status.kind === "ready" ? this.status.loaded : null;
  }

  /** Loads the show if another one is loaded, or none. */
  follow(version: number): void {
    if (this.loaded?.show.version !== version) void this.load();
  }

  /** Loads the show; the outcome is in `status`. A show that is loaded already stays until the next is there. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    const before = this.loaded;
    /** Sets the status, unless another load has begun. */
    const set = (status: Status): void => {
      if (turn === this.turn && !(before && status.kind === "loading")) this.status = status;
    };
    try {
      set({ kind: "loading", step: t("Reading the show") });
      const show = await fetchShow();
      if (!show) return set({ kind: "loading", step: t("Waiting for the first pictures") });
      set({ kind: "loading", step: t("Reading {count} trajectories", { count: show.vehicle_count }) });
      const read = await fetchFleet(show);
      set({ kind: "loading", step: t("Reading the certificate") });
      let certificate: Certificate | null = null;
      let certificateError = "";
      try {
        certificate = await fetchCertificate(show);
      } catch (error) {
        if (error instanceof Superseded) throw error;
        // The show can be watched without its certificate; the panel says that it could not be read.
        certificateError = error instanceof Error ? error.message : String(error);
      }
      if (turn !== this.turn) return;
      const same = before && sameFleet(before.fleet, read) ? before : null;
      const fleet = same?.fleet ?? read;
      const trajectories = same?.trajectories ?? new TrajectorySampler(fleet);
      const lights = same?.lights ?? new LightSampler(fleet);
      const loaded = { show, fleet, certificate, certificateError, trajectories, lights, place: placeOf(show) };
      this.onLoaded(loaded, before);
      set({ kind: "ready", loaded });
    } catch (error) {
      // The server tells of the next one.
      if (error instanceof Superseded && before) return;
      if (error instanceof Superseded) return turn === this.turn ? this.load() : undefined;
      // What is loaded stays usable; that the server is gone is told elsewhere.
      if (before && error instanceof ApiError) return;
      set(
        error instanceof ApiError
          ? { kind: "failed", ...wordsOf(error) }
          : { kind: "failed", message: t("The show could not be opened: {error}.", { error: String(error) }), remedy: t("Reload this page.") },
      );
    }
  }
}
