/** `window.__kapok`: what browser tests ask of the page. Not used by the page itself. */

import type { CameraMode } from "../../stage/props";
import type { Stage } from "../../stage/stage";
import { linkOf } from "./state/link.svelte";
import type { Viewer } from "./state/viewer.svelte";

export interface KapokTestPort {
  /** True when the show is loaded and a first frame is drawn (or cannot be drawn, see `error`). */
  readonly ready: boolean;
  readonly error: string;
  seek(tMs: number): void;
  play(playing: boolean): void;
  camera(mode: CameraMode): void;
  select(vehicle: number | null): void;
  state(): Record<string, unknown>;
  /** CSS pixel of a vehicle in the picture. */
  pixelOf(vehicle: number): { xPx: number; yPx: number } | null;
  /** CSS pixel of a point of the site in the picture. */
  pixelOfPoint(pointM: number[]): { xPx: number; yPx: number } | null;
  /** Position of a vehicle as it is drawn, site frame, metres. */
  positionOf(vehicle: number): number[] | null;
  /** Draws, and returns the mean colour of the square of `sizePx` around a pixel and its brightest pixel. */
  look(xPx: number, yPx: number, sizePx: number): { mean: number[]; peak: number[] } | null;
  /** Draws, and returns all of the picture. */
  snapshot(): ImageData | null;
  /** The last frames, how many were drawn, and for how many of them the place was drawn anew. */
  frames(): { intervalMs: number[]; workMs: number[]; drawn: number; places: number; software: boolean };
}

declare global {
  interface Window {
    __kapok?: KapokTestPort;
  }
}

export function installTestPort(viewer: Viewer, stage: () => Stage | null): void {
  window.__kapok = {
    get ready() {
      return viewer.source.status.kind === "ready" && (stage() !== null || viewer.view.stageFault !== "");
    },
    get error() {
      return viewer.source.status.kind === "failed" ? viewer.source.status.message : viewer.view.stageFault;
    },
    seek: (tMs) => viewer.player.seek(tMs),
    play: (playing) => (viewer.player.playing = playing),
    camera: (mode) => viewer.view.setCamera(mode),
    select: (vehicle) => viewer.selection.select(vehicle),
    state: () => ({
      ...linkOf(viewer),
      playing: viewer.player.playing,
      durationMs: viewer.player.durationMs,
      vehicleCount: viewer.source.loaded?.show.vehicle_count ?? 0,
      chapters: viewer.source.loaded?.show.chapters ?? [],
      certificate: viewer.source.loaded?.certificate?.verdict ?? null,
      safety: viewer.safety.status.kind,
      live: {
        version: viewer.source.loaded?.show.version ?? 0,
        standing: viewer.source.loaded?.show.standing ?? null,
        work: viewer.live.answer?.work ?? null,
        gone: viewer.live.gone,
      },
    }),
    pixelOf: (vehicle) => stage()?.pixelOf(vehicle) ?? null,
    pixelOfPoint: (pointM) => stage()?.pixelOfPoint(pointM) ?? null,
    positionOf: (vehicle) => {
      const positions = stage()?.swarm.positionsM;
      return positions ? [...positions.subarray(3 * vehicle, 3 * vehicle + 3)] : null;
    },
    look: (xPx, yPx, sizePx) => {
      const image = stage()?.snapshot();
      if (!image) return null;
      const mean = [0, 0, 0];
      let peak = [0, 0, 0];
      let count = 0;
      const half = Math.floor(sizePx / 2);
      for (let y = Math.max(0, Math.round(yPx) - half); y <= Math.min(image.height - 1, Math.round(yPx) + half); y++) {
        for (let x = Math.max(0, Math.round(xPx) - half); x <= Math.min(image.width - 1, Math.round(xPx) + half); x++) {
          const rgb = [...image.data.subarray(4 * (y * image.width + x), 4 * (y * image.width + x) + 3)];
          rgb.forEach((value, k) => (mean[k] += value));
          if (rgb[0] + rgb[1] + rgb[2] > peak[0] + peak[1] + peak[2]) peak = rgb;
          count++;
        }
      }
      return { mean: mean.map((sum) => sum / Math.max(count, 1)), peak };
    },
    snapshot: () => stage()?.snapshot() ?? null,
    frames: () => {
      const { intervalMs, workMs, drawn, places } = stage()?.frames ?? { intervalMs: [], workMs: [], drawn: 0, places: 0 };
      return { intervalMs: [...intervalMs], workMs: [...workMs], drawn, places, software: stage()?.software ?? false };
    },
  };
}
