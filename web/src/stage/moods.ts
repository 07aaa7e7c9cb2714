/** Light of the place: sky, ground and facades by the time of day, or a hall without a sky. */

import { Color } from "three";

export const MOODS = ["day", "dusk", "night", "hall"] as const;
export type Mood = (typeof MOODS)[number];

type Rgb = readonly [red: number, green: number, blue: number];

/** Colours as displayed (sRGB), 0 to 1. */
interface MoodLook {
  zenith: Rgb;
  middle: Rgb;
  low: Rgb;
  /** Added near the horizon, most ahead of the audience. */
  glow: Rgb;
  /** Brightness of the stars. */
  stars: number;
  ground: Rgb;
  /** The ground of the site itself. */
  site: Rgb;
  /** Added on the lines of the survey grid; below 0 the lines are darker than the ground. */
  lines: Rgb;
  /** Added in patches beyond the site. */
  street: Rgb;
  facade: Rgb;
  /** How bright lit windows are. */
  windows: number;
  water: Rgb;
  /** How much of a far thing goes into the haze. */
  haze: number;
}

const LOOKS: Readonly<Record<Mood, MoodLook>> = {
  day: {
    zenith: [0.24, 0.43, 0.72],
    middle: [0.42, 0.59, 0.81],
    low: [0.64, 0.74, 0.85],
    glow: [0.1, 0.08, 0.05],
    stars: 0,
    ground: [0.33, 0.36, 0.29],
    site: [0.37, 0.39, 0.33],
    lines: [-0.09, -0.09, -0.08],
    street: [0.03, 0.03, 0.02],
    facade: [0.42, 0.43, 0.45],
    windows: 0.12,
    water: [0.13, 0.22, 0.27],
    haze: 0.85,
  },
  dusk: {
    zenith: [0.045, 0.065, 0.155],
    middle: [0.105, 0.11, 0.225],
    low: [0.3, 0.2, 0.26],
    glow: [0.33, 0.17, 0.09],
    stars: 0.25,
    ground: [0.05, 0.05, 0.062],
    site: [0.062, 0.062, 0.076],
    lines: [0.05, 0.058, 0.08],
    street: [0.05, 0.033, 0.02],
    facade: [0.075, 0.072, 0.092],
    windows: 0.55,
    water: [0.035, 0.045, 0.075],
    haze: 1,
  },
  night: {
    zenith: [0.01, 0.016, 0.04],
    middle: [0.026, 0.04, 0.088],
    low: [0.082, 0.078, 0.135],
    glow: [0.205, 0.135, 0.145],
    stars: 1,
    ground: [0.02, 0.022, 0.034],
    site: [0.03, 0.033, 0.046],
    lines: [0.04, 0.05, 0.072],
    street: [0.05, 0.033, 0.02],
    facade: [0.026, 0.029, 0.043],
    windows: 0.5,
    water: [0.01, 0.02, 0.034],
    haze: 1,
  },
  hall: {
    zenith: [0.016, 0.016, 0.019],
    middle: [0.027, 0.027, 0.031],
    low: [0.048, 0.047, 0.051],
    glow: [0, 0, 0],
    stars: 0,
    ground: [0.05, 0.048, 0.047],
    site: [0.062, 0.06, 0.058],
    lines: [0.045, 0.045, 0.045],
    street: [0, 0, 0],
    facade: [0.06, 0.06, 0.062],
    windows: 0,
    water: [0.02, 0.025, 0.03],
    haze: 1,
  },
};

/** The uniforms of a mood, shared by all materials that show the place. */
export class Atmosphere {
  readonly uniforms = {
    zenith: { value: new Color() },
    middleSky: { value: new Color() },
    lowSky: { value: new Color() },
    glowSky: { value: new Color() },
    stars: { value: 1 },
    groundColour: { value: new Color() },
    siteColour: { value: new Color() },
    lineColour: { value: new Color() },
    streetColour: { value: new Color() },
    facade: { value: new Color() },
    windowLight: { value: 1 },
    waterColour: { value: new Color() },
    hazeShare: { value: 1 },
  };

  set(mood: Mood): void {
    const look = LOOKS[mood];
    const u = this.uniforms;
    u.zenith.value.setRGB(...look.zenith);
    u.middleSky.value.setRGB(...look.middle);
    u.lowSky.value.setRGB(...look.low);
    u.glowSky.value.setRGB(...look.glow);
    u.stars.value = look.stars;
    u.groundColour.value.setRGB(...look.ground);
    u.siteColour.value.setRGB(...look.site);
    u.lineColour.value.setRGB(...look.lines);
    u.streetColour.value.setRGB(...look.street);
    u.facade.value.setRGB(...look.facade);
    u.windowLight.value = look.windows;
    u.waterColour.value.setRGB(...look.water);
    u.hazeShare.value = look.haze;
  }
}
