/** The figures of the safety page, asked for when they are first needed. */

import { t } from "../../../kit/language.svelte";
import { heatScale, type HeatScale } from "../../../kit/heat";
import { wordsOf } from "./api-words";
import { ApiError, fetchSafety } from "../../../wire/api";
import type { SafetyFootprint, SafetyReport } from "../../../wire/safety";

export type SafetyStatus =
  | { kind: "unasked" }
  | { kind: "loading" }
  | { kind: "none" }
  | { kind: "failed"; message: string; remedy: string }
  | { kind: "ready"; safety: SafetyReport };

export class SafetyFigures {
  status = $state.raw<SafetyStatus>({ kind: "unasked" });

  get ready(): SafetyReport | null {
    return this.status.kind === "ready" ? this.status.safety : null;
  }

  /** The footprint with its scale of colours; null when there is none, or nothing in it. */
  readonly heat: { footprint: SafetyFootprint; scale: HeatScale } | null = $derived.by(() => {
    const footprint = this.ready?.footprint ?? null;
    const scale = footprint && heatScale(footprint.vehicle_seconds);
    return footprint && scale ? { footprint, scale } : null;
  });

  /** Asks the server, once; again only after a failure. */
  async load(vehicleCount: number): Promise<void> {
    if (this.status.kind !== "unasked" && this.status.kind !== "failed") return;
    this.status = { kind: "loading" };
    try {
      const safety = await fetchSafety(vehicleCount);
      this.status = safety ? { kind: "ready", safety } : { kind: "none" };
    } catch (error) {
      this.status =
        error instanceof ApiError
          ? { kind: "failed", ...wordsOf(error) }
          : { kind: "failed", message: String(error), remedy: t("Reload this page.") };
    }
  }
}
