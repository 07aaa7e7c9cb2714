/** What is drawn besides the lights: names in links, titles, keys. */

import type { Message } from "../../../kit/language.svelte";
import { STAGE_LAYERS } from "../../../stage/props";

export const LAYERS = [...STAGE_LAYERS, "worst", "footprint"] as const;
export type LayerName = (typeof LAYERS)[number];

export const LAYER_TITLES: Readonly<Record<LayerName, { title: Message; key: string }>> = {
  fence: { title: "Geofence", key: "F" },
  keepouts: { title: "Keep-out volumes", key: "O" },
  dark: { title: "Dark vehicles", key: "D" },
  pads: { title: "Take-off pads", key: "P" },
  reflections: { title: "Reflections in water", key: "R" },
  labels: { title: "Place names", key: "N" },
  worst: { title: "Closest pair", key: "W" },
  footprint: { title: "Fall footprint", key: "H" },
};
