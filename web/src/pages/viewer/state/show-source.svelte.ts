/** The show that the server has, and how far its loading has come. */

import { t } from "../../../kit/language.svelte";
import { LightSampler } from "../../../kit/fleet/lights";
import { TrajectorySampler } from "../../../kit/fleet/trajectory";
import { wordsOf } from "./api-words";
import { ApiError, fetchCertificate, fetchFleet, fetchShow } from "../../../wire/api";
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
}

export type Status =
  | { kind: "loading"; step: string }
  | { kind: "failed"; message: string; remedy: string }
  | { kind: "ready"; loaded: Loaded };

export class ShowSource {
  status = $state.raw<Status>({ kind: "loading", step: t("Contacting the server") });

  /** `onLoaded` is called just before the status says so. */
  constructor(private readonly onLoaded: (loaded: Loaded) => void) {}

  get loaded(): Loaded | null {
    return this.status.kind === "ready" ? this.status.loaded : null;
  }

  /** Loads the show; the outcome is in `status`. */
  async load(): Promise<void> {
    try {
      this.status = { kind: "loading", step: t("Reading the show") };
      const show = await fetchShow();
      this.status = { kind: "loading", step: t("Reading {count} trajectories", { count: show.vehicle_count }) };
      const fleet = await fetchFleet(show.vehicle_count);
      this.status = { kind: "loading", step: t("Reading the certificate") };
      let certificate: Certificate | null = null;
      let certificateError = "";
      try {
        certificate = await fetchCertificate();
      } catch (error) {
        // The show can be watched without its certificate; the panel says that it could not be read.
        certificateError = error instanceof Error ? error.message : String(error);
      }
      const trajectories = new TrajectorySampler(fleet);
      const lights = new LightSampler(fleet);
      const loaded = { show, fleet, certificate, certificateError, trajectories, lights };
      this.onLoaded(loaded);
      this.status = { kind: "ready", loaded };
    } catch (error) {
      this.status =
        error instanceof ApiError
          ? { kind: "failed", ...wordsOf(error) }
          : { kind: "failed", message: t("The show could not be opened: {error}.", { error: String(error) }), remedy: t("Reload this page.") };
    }
  }
}
