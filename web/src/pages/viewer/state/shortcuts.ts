/** The keyboard of the viewer. One table: it is also what the help shows. */

import type { Shortcut, ShortcutGroup } from "../../../kit/keys";
import type { Message } from "../../../kit/language.svelte";
import { MOODS } from "../../../stage/looks";
import type { Move } from "../../../stage/props";
import { LAYER_TITLES, type LayerName } from "./layers";
import type { PanelName } from "./url";
import type { Viewer } from "./viewer.svelte";

const TURN_PX = 40;
/** Keys of free flight, as `KeyboardEvent.key` in lower case. */
const MOVE_KEYS: Readonly<Record<string, Move>> = {
  w: "ahead",
  s: "back",
  a: "left",
  d: "right",
  e: "up",
  q: "down",
  arrowup: "look-up",
  arrowdown: "look-down",
  arrowleft: "turn-left",
  arrowright: "turn-right",
  shift: "faster",
};
const PANEL_KEYS: Readonly<Record<string, PanelName>> = { c: "certificate", a: "safety", v: "vehicle", s: "show" };

/** Starts of the chapters. */
export const startsOf = (chapters: readonly { start_ms: number }[]): number[] => chapters.map(({ start_ms }) => start_ms);

export function shortcutsOf(viewer: Viewer): readonly ShortcutGroup[] {
  const { player, view, selection, flight } = viewer;
  const layer = (name: LayerName): Shortcut => {
    const { title, key } = LAYER_TITLES[name];
    return { keys: key, does: title, on: [key.toLowerCase(), key], run: () => view.toggleLayer(name) };
  };
  const chapters = (): number[] => startsOf(viewer.source.loaded?.show.chapters ?? []);
  const flying = (): boolean => view.cameraMode === "free";
  const held = (keys: string, does: Message, on: readonly string[]): Shortcut => ({
    keys,
    does,
    on,
    when: flying,
    run: (key) => view.camera?.hold(MOVE_KEYS[key.toLowerCase()], true),
    release: (key) => view.camera?.hold(MOVE_KEYS[key.toLowerCase()], false),
  });
  return [
    {
      title: "Time",
      items: [
        { keys: "Space", does: "Play, pause", on: [" "], run: () => player.toggle() },
        { keys: "← →", does: "1 second", on: ["ArrowLeft", "ArrowRight"], run: (k) => player.step(k === "ArrowLeft" ? -1000 : 1000) },
        {
          keys: "Shift ← →",
          does: "10 seconds",
          on: ["ArrowLeft", "ArrowRight"],
          shift: true,
          run: (k) => player.step(k === "ArrowLeft" ? -10_000 : 10_000),
        },
        { keys: "[ ]", does: "Previous, next chapter", on: ["[", "]"], run: (k) => player.stepTo(chapters(), k === "[" ? -1 : 1) },
        { keys: "Home End", does: "Start, end", on: ["Home", "End"], run: (k) => player.seek(k === "Home" ? 0 : player.durationMs) },
        { keys: ", .", does: "Slower, faster", on: [",", "."], run: (k) => player.faster(k === "," ? -1 : 1) },
      ],
    },
    {
      title: "Camera",
      items: [
        {
          keys: "1 2 3 4",
          does: "Audience (again: the next), orbit, top, side",
          on: ["1", "2", "3", "4"],
          run: (k) => view.cameraKey(k, viewer.source.loaded?.show.environment.audiences.length ?? 0),
        },
        { keys: "5 6", does: "Free flight, a vehicle's eye", on: ["5", "6"], run: (k) => view.cameraKey(k, 0) },
        { keys: "0", does: "Show all pictures", on: ["0"], run: () => view.fit() },
        {
          keys: "I J K L",
          does: "Look or turn",
          on: ["i", "j", "k", "l"],
          run: (k) => view.camera?.drag(k === "j" ? TURN_PX : k === "l" ? -TURN_PX : 0, k === "i" ? TURN_PX : k === "k" ? -TURN_PX : 0),
        },
        {
          keys: "Shift I J K L",
          does: "Pan",
          on: ["I", "J", "K", "L"],
          run: (k) => view.camera?.pan(k === "J" ? TURN_PX : k === "L" ? -TURN_PX : 0, k === "I" ? TURN_PX : k === "K" ? -TURN_PX : 0),
        },
        { keys: "+ −", does: "Zoom in, zoom out", on: ["+", "=", "-"], run: (k) => view.camera?.zoom(k === "-" ? 1.15 : 1 / 1.15) },
      ],
    },
    {
      title: "Free flight",
      items: [
        held("W A S D", "Ahead, left, back, right", [..."wasdWASD"]),
        held("E Q", "Up, down", [..."eqEQ"]),
        held("← ↑ → ↓", "Turn, look up and down", ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"]),
        held("Shift", "Faster", ["Shift"]),
      ],
    },
    {
      title: "View",
      items: [
        ...(["fence", "keepouts", "dark", "pads", "reflections", "labels"] as const).map(layer),
        { keys: "W", does: "Closest pair, at its least distance", on: ["w", "W"], run: () => selection.toggleWorst() },
        layer("footprint"),
        {
          keys: "G",
          does: "What was flown, the plan",
          on: ["g", "G"],
          when: () => flight.log !== null,
          run: () => (flight.isShown = !flight.isShown),
        },
        { keys: "M", does: "Day, dusk, night, hall", on: ["m", "M"], run: () => (view.mood = MOODS[(MOODS.indexOf(view.mood) + 1) % MOODS.length]) },
      ],
    },
    {
      title: "Panels",
      items: [
        { keys: "C A V S", does: "Certificate, safety, vehicle, show", on: ["c", "a", "v", "s"], run: (k) => view.togglePanel(PANEL_KEYS[k]) },
        { keys: "/", does: "Find a vehicle", on: ["/"], run: () => document.getElementById("find-vehicle")?.focus() },
        { keys: "Esc", does: "Close, deselect, close the panel", on: ["Escape"], run: () => viewer.escape() },
        { keys: "?", does: "Show these keys", on: ["?"], run: () => (view.helpOpen = !view.helpOpen) },
      ],
    },
  ];
}
