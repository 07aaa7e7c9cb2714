/** The figures of the safety page, asked for when they are first needed. */

import { t } from "../../../kit/language.svelte";
import { heatScale, type HeatScale } from "../../../kit/heat";
import { wordsOf } from "./api-words";
import { ApiError, fetchSafety } from "../../../wire/api";
import type { SafetyFootprint, SafetyReport } from "../../../wire/safety";
import type { ShowAnswer } from "../../../wire/show";

export type SafetyStatus =
  | { kind: "unasked" }
  | { kind: "loading" }
  | { kind: "none" }
  | { kind: "failed"; message: string; remedy: string }
  | { kind: "ready"; safety: SafetyReport };

export class SafetyFigures {
  status = $state.raw<SafetyStatus>({ kind: "unasked" });
  private version = 0;

  get ready(): SafetyReport | null {
    return this.status.kind === "ready" ? this.status.safety : null;
  }

  /** The footprint with its scale of colours; null when there is none, or nothing in it. */
  readonly heat: { footprint: SafetyFootprint; scale: HeatScale } | null = $derived.by(() => {
    const footprint = this.ready?.footprint ?? null;
    const scale = footprint && heatScale(footprint.vehicle_seconds);
    return footprint && scale ? { footprint, scale } : null;
  });

  /** Asks the server, once for each version of the show; again only after a failure. */
  async load(show: ShowAnswer): Promise<void> {
    const { version, standing } = show;
    if (version === this.version && this.status.kind !== "failed") return;
    this.version = version;
    if (standing === "pictures" || standing === "motion") {
      this.status = { kind: "none" };
      return;
    }
    this.status = { kind: "loading" };
    try {
      const safety = await fetchSafety(show);
      if (version === this.version) this.status = safety ? { kind: "ready", safety } : { kind: "none" };
    } catch (error) {
      if (version !== this.version) return;
      this.status =
        error instanceof ApiError
          ? { kind: "failed", ...wordsOf(error) }
          : { kind: "failed", message: String(error), remedy: t("Reload this page.") };
    }
  }
}
