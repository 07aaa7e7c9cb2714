import { expect, test } from "vitest";
import { decodeLink, EMPTY_LINK, encodeLink, type LinkState } from "../../src/pages/viewer/state/url";

const full: LinkState = {
  tMs: 93_250,
  speed: 0.25,
  camera: { mode: "orbit", numbers: [0, -1.5, 60, 250, -30, 20.25] },
  vehicle: 17,
  panel: "certificate",
  layers: ["fence", "labels"],
  mood: "dusk",
  lightSize: 1.4,
  focus: { rule: "ground_separation", witness: 3 },
  pair: [12, 940],
  flown: false,
};

test("a link holds the whole view", () => {
  expect(decodeLink(`#${encodeLink(full)}`)).toEqual(full);
});

test("what is not set stays unsaid", () => {
  expect(encodeLink(EMPTY_LINK)).toBe("");
  expect(decodeLink("")).toEqual(EMPTY_LINK);
  expect(decodeLink("#")).toEqual(EMPTY_LINK);
});

test("closed panels, no layers and the worst case can be said", () => {
  const state: LinkState = { ...EMPTY_LINK, panel: "none", layers: [], focus: { rule: "a:b&c=d%", witness: -1 } };
  expect(decodeLink(encodeLink(state))).toEqual(state);
});

test.each([
  "t=soon",
  "speed=3",
  "sel=-1",
  "sel=1.5",
  "cam=drone",
  "cam=orbit:1,x,3",
  "panel=everything",
  "focus=%E0%A4%A",
  "focus=a:b",
  "pair=3",
  "mood=gloomy",
  "lights=40",
  "pair=3-3",
  "pair=-1-3",
  "t",
  "=5",
  "&&&",
])("nonsense is ignored: %s", (hash) => {
  expect(decodeLink(hash)).toEqual(EMPTY_LINK);
});

test("nonsense does not spoil the rest", () => {
  expect(decodeLink("#speed=fast&t=5&layers=fence,moon&x=1")).toEqual({ ...EMPTY_LINK, tMs: 5000, layers: ["fence"] });
});
