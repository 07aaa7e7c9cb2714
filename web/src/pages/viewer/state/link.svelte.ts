/** Keeps the address of the page and the view in step. */

import { witnessOf } from "../figures/certificate";
import { LAYERS } from "./layers";
import { decodeLink, encodeLink, type LinkState } from "./url";
import type { Viewer } from "./viewer.svelte";

const EVERY_MS = 400;

/** What a link to the present view holds. */
export function linkOf({ player, view, selection, flight }: Viewer): LinkState {
  return {
    tMs: Math.round(player.toldMs),
    speed: player.speed,
    camera: { mode: view.cameraMode, numbers: view.camera?.numbers() ?? [] },
    vehicle: selection.vehicle,
    panel: view.panel ?? "none",
    layers: LAYERS.filter((layer) => view.layers[layer]),
    mood: view.mood,
    lightSize: view.lightSize,
    focus: selection.focus,
    pair: selection.pair,
    flown: flight.isShown ? null : false,
  };
}

/** Restores what a link says, and leaves what it does not say. */
function restore({ player, view, selection, flight, source: { loaded } }: Viewer, link: LinkState): void {
  if (link.speed !== null) player.speed = link.speed;
  if (link.layers) for (const layer of LAYERS) view.layers[layer] = link.layers.includes(layer);
  if (link.mood) view.mood = link.mood;
  if (link.lightSize !== null) view.lightSize = link.lightSize;
  if (link.vehicle !== null) selection.select(link.vehicle);
  if (link.panel !== null) view.panel = link.panel === "none" ? null : link.panel;
  if (link.focus && witnessOf(loaded?.certificate ?? null, link.focus)) selection.focus = link.focus;
  if (link.pair && Math.max(...link.pair) < (loaded?.show.vehicle_count ?? 0)) selection.pair = link.pair;
  flight.isShown = link.flown ?? true;
  if (link.tMs !== null) player.seek(link.tMs);
  if (link.camera) {
    view.cameraMode = link.camera.mode;
    view.camera?.restore(link.camera.mode, link.camera.numbers);
    view.audience = view.camera?.audience ?? 0;
  }
}

/** Applies the present address to the view. */
export function restoreLink(viewer: Viewer): void {
  restore(viewer, decodeLink(location.hash));
}

/** Writes every change of the view to the address, at most every 400 ms, and follows a changed address. */
export function syncLink(viewer: Viewer): void {
  let written = location.hash.slice(1);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const write = (): void => {
    timer = undefined;
    const hash = encodeLink(linkOf(viewer));
    if (hash === written) return;
    written = hash;
    // Browsers allow only so many changes of the address; a refused one is made up for by the next.
    try {
      history.replaceState(null, "", `#${hash}`);
    } catch {
      written = "";
    }
  };

  $effect(() => {
    // Read here so that the effect runs again on every change of the view.
    void encodeLink(linkOf(viewer));
    void viewer.view.cameraMoves;
    timer ??= setTimeout(write, EVERY_MS);
  });

  $effect(() => {
    const changed = (): void => {
      if (location.hash.slice(1) === written) return;
      written = location.hash.slice(1);
      restoreLink(viewer);
    };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  });
}
