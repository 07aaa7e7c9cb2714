/** The keyboard. One table: it is also what the help shows. */

import { CAMERA_MODES, type LayerName, type PanelName } from "./url";
import type { Viewer } from "./viewer.svelte";

export interface Shortcut {
  /** As shown in the help. */
  keys: string;
  does: string;
  /** Values of `KeyboardEvent.key` that trigger it. */
  on: readonly string[];
  shift?: boolean;
  run(viewer: Viewer, key: string): void;
}

/** Starts of chapters, and the end of the show. */
export function handleChapterStep(viewer: Viewer, by: 1 | -1): void {
  const { player } = viewer;
  const starts = (viewer.loaded?.show.chapters ?? []).map(({ start_ms }) => start_ms);
  if (by > 0) player.seek(starts.find((t) => t > player.tMs + 1) ?? player.durationMs);
  // Shortly after a start, "previous" means the chapter before.
  else player.seek(starts.filter((t) => t < player.tMs - 1500).at(-1) ?? 0);
}

const layer = (keys: string, name: LayerName, does: string): Shortcut => ({
  keys,
  does,
  on: [keys.toLowerCase(), keys],
  run: (viewer) => viewer.toggleLayer(name),
});

const TURN_PX = 40;
const PANEL_KEYS: Readonly<Record<string, PanelName>> = { c: "certificate", a: "safety", v: "vehicle", s: "show" };

export const SHORTCUTS: readonly { title: string; items: readonly Shortcut[] }[] = [
  {
    title: "Time",
    items: [
      { keys: "Space", does: "Play, pause", on: [" "], run: (v) => v.player.toggle() },
      { keys: "← →", does: "1 second", on: ["ArrowLeft", "ArrowRight"], run: (v, k) => v.player.step(k === "ArrowLeft" ? -1000 : 1000) },
      {
        keys: "Shift ← →",
        does: "10 seconds",
        on: ["ArrowLeft", "ArrowRight"],
        shift: true,
        run: (v, k) => v.player.step(k === "ArrowLeft" ? -10_000 : 10_000),
      },
      { keys: "[ ]", does: "Previous, next chapter", on: ["[", "]"], run: (v, k) => handleChapterStep(v, k === "[" ? -1 : 1) },
      { keys: "Home End", does: "Start, end", on: ["Home", "End"], run: (v, k) => v.player.seek(k === "Home" ? 0 : v.player.durationMs) },
      { keys: ", .", does: "Slower, faster", on: [",", "."], run: (v, k) => v.faster(k === "," ? -1 : 1) },
    ],
  },
  {
    title: "Camera",
    items: [
      { keys: "1 2 3 4", does: "Audience, orbit, top, side", on: ["1", "2", "3", "4"], run: (v, k) => v.setCamera(CAMERA_MODES[Number(k) - 1]) },
      {
        keys: "I J K L",
        does: "Look or turn",
        on: ["i", "j", "k", "l"],
        run: (v, k) => v.camera?.drag(k === "j" ? TURN_PX : k === "l" ? -TURN_PX : 0, k === "i" ? TURN_PX : k === "k" ? -TURN_PX : 0),
      },
      {
        keys: "Shift I J K L",
        does: "Pan",
        on: ["I", "J", "K", "L"],
        shift: true,
        run: (v, k) => v.camera?.pan(k === "J" ? TURN_PX : k === "L" ? -TURN_PX : 0, k === "I" ? TURN_PX : k === "K" ? -TURN_PX : 0),
      },
      { keys: "+ −", does: "Nearer, farther", on: ["+", "=", "-"], run: (v, k) => v.camera?.zoom(k === "-" ? 1.15 : 1 / 1.15) },
    ],
  },
  {
    title: "View",
    items: [
      layer("F", "fence", "Fence"),
      layer("O", "keepouts", "Keep-out volumes"),
      layer("D", "dark", "Dark vehicles"),
      layer("P", "pads", "Take-off pads"),
      layer("R", "reflections", "Reflections in water"),
      layer("N", "labels", "Names of places"),
      { keys: "W", does: "Worst pair, at its worst moment", on: ["w", "W"], run: (v) => v.toggleWorst() },
      layer("H", "footprint", "Where a fall could end"),
    ],
  },
  {
    title: "Panels",
    items: [
      { keys: "C A V S", does: "Certificate, safety, vehicle, show", on: ["c", "a", "v", "s"], run: (v, k) => v.togglePanel(PANEL_KEYS[k]) },
      { keys: "/", does: "Find a vehicle", on: ["/"], run: () => document.getElementById("find-vehicle")?.focus() },
      { keys: "Esc", does: "Close, deselect, close the panel", on: ["Escape"], run: (v) => v.escape() },
      { keys: "?", does: "This help", on: ["?"], run: (v) => (v.helpOpen = !v.helpOpen) },
    ],
  },
];

/** Carries out a key; true when it meant something. */
export function handleKey(viewer: Viewer, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || !viewer.loaded) return false;
  const target = event.target as HTMLElement;
  if (target.closest("input, select, textarea") && !(target instanceof HTMLInputElement && target.type === "checkbox")) {
    return false;
  }
  // Space and Enter belong to the button that has the focus, arrows to a group of radio buttons.
  if (event.key === " " && target.closest("button, a, [role=radio], input")) return false;
  if (event.key.startsWith("Arrow") && target.closest("[role=radiogroup], [role=tablist]")) return false;
  for (const { items } of SHORTCUTS) {
    for (const shortcut of items) {
      const shiftMatters = event.key.startsWith("Arrow");
      if (!shortcut.on.includes(event.key)) continue;
      if (shiftMatters && (shortcut.shift ?? false) !== event.shiftKey) continue;
      shortcut.run(viewer, event.key);
      return true;
    }
  }
  return false;
}
