// Written by `cargo xtask generate` from the Rust types.

/** How shows look: the numbers by which `kapok render` draws and frames as well. */

/** As displayed (sRGB), 0 to 1. */
export type Rgb = readonly [red: number, green: number, blue: number];

export const MOODS = ["day", "dusk", "night", "hall"] as const;
export type Mood = (typeof MOODS)[number];

/** The colours of a mood, as displayed. The viewer's stage has the same. */
export interface Palette {
  /** How far a vehicle's body darkens what is behind it. */
  body: number;
  /** Walls. */
  facade: Rgb;
  /** Street light at the foot of a wall. */
  foot: Rgb;
  /** Added near the horizon, most ahead of the audience. */
  glow: Rgb;
  /** Added on the lines of the survey grid; below 0 they are darker than the ground. */
  grid: Rgb;
  /** The land beyond the site. */
  ground_far: Rgb;
  /** The ground of the site itself. */
  ground_near: Rgb;
  /** The sky at the horizon. */
  low: Rgb;
  /** The sky half-way up. */
  middle: Rgb;
  /** The ground mirrors as a polished floor does. */
  polished: boolean;
  /** How far walls are told apart by their direction. */
  relief: number;
  /** How much of the mean light of a show the ground throws back. */
  spill: number;
  /** Share of the stars that is left. */
  stars: number;
  /** Street light over the land, in patches beyond the site. */
  street: Rgb;
  /** Water that mirrors nothing. */
  water: Rgb;
  /** Brightness of lit windows. */
  windows: number;
  /** The sky overhead. */
  zenith: Rgb;
}

export const PALETTES: Readonly<Record<Mood, Palette>> = {
  day: {
    body: 0.8,
    facade: [0.56, 0.56, 0.57],
    foot: [0, 0, 0],
    glow: [0.12, 0.095, 0.05],
    grid: [-0.03, -0.03, -0.03],
    ground_far: [0.43, 0.48, 0.42],
    ground_near: [0.4, 0.47, 0.34],
    low: [0.68, 0.79, 0.91],
    middle: [0.365, 0.56, 0.83],
    polished: false,
    relief: 0.55,
    spill: 0,
    stars: 0,
    street: [0.03, 0.028, 0.026],
    water: [0.12, 0.24, 0.32],
    windows: 0,
    zenith: [0.205, 0.4, 0.72],
  },
  dusk: {
    body: 0.35,
    facade: [0.085, 0.085, 0.12],
    foot: [0.07, 0.045, 0.026],
    glow: [0.52, 0.25, 0.06],
    grid: [0.02, 0.024, 0.03],
    ground_far: [0.085, 0.085, 0.105],
    ground_near: [0.095, 0.1, 0.11],
    low: [0.4, 0.31, 0.4],
    middle: [0.135, 0.175, 0.36],
    polished: false,
    relief: 1,
    spill: 0.6,
    stars: 0.12,
    street: [0.06, 0.04, 0.022],
    water: [0.06, 0.085, 0.135],
    windows: 0.45,
    zenith: [0.05, 0.085, 0.21],
  },
  night: {
    body: 0,
    facade: [0.026, 0.029, 0.043],
    foot: [0.06, 0.038, 0.022],
    glow: [0.205, 0.135, 0.145],
    grid: [0.02, 0.025, 0.036],
    ground_far: [0.02, 0.022, 0.034],
    ground_near: [0.03, 0.033, 0.046],
    low: [0.082, 0.078, 0.135],
    middle: [0.026, 0.04, 0.088],
    polished: false,
    relief: 1,
    spill: 1,
    stars: 1,
    street: [0.05, 0.033, 0.02],
    water: [0.01, 0.02, 0.034],
    windows: 0.5,
    zenith: [0.01, 0.016, 0.04],
  },
  hall: {
    body: 0,
    facade: [0.05, 0.05, 0.058],
    foot: [0, 0, 0],
    glow: [0.02, 0.018, 0.018],
    grid: [0.012, 0.012, 0.013],
    ground_far: [0.07, 0.068, 0.074],
    ground_near: [0.046, 0.045, 0.05],
    low: [0.072, 0.07, 0.078],
    middle: [0.034, 0.034, 0.04],
    polished: true,
    relief: 1,
    spill: 1,
    stars: 0,
    street: [0, 0, 0],
    water: [0.02, 0.022, 0.028],
    windows: 0,
    zenith: [0.016, 0.016, 0.019],
  },
};

/** The numbers of the model of lights in the crate docs. The viewer's stage draws by the same. */
export const OPTICS = {
  /** Mean radiance of an area of lights at full power is at most this: beyond, lights merge and are taken back. */
  area_radiance: 1.5,
  /** Least σ of a core, pixels: what a pixel itself blurs. */
  core_least_px: 0.7,
  /** σ of a core is at most this share of the vehicle's diameter, if that is resolved. */
  core_of_diameter: 0.6,
  /** σ of a core as a share of the spacing of the lights. */
  core_of_spacing: 0.12,
  /** Radiance of full light in the middle of the core. */
  core_radiance: 2.8,
  /** Share of full power below which a light is out. */
  dark: 0.02,
  /** Radiance of the body of a vehicle whose light is out, at night. */
  glimmer: 0.03,
  /** Radius of the glow: so many σ of the core, and a share of the spacing. */
  glow_of_core: 1.6,
  /** The share of the spacing. */
  glow_of_spacing: 0.13,
  /** Radiance of full light in the middle of the glow. */
  glow_radiance: 0.45,
  /** The glow ends at so many of its radii. */
  glow_reach: 3,
  /** No spot reaches farther than this share of the picture's height. */
  largest_of_height: 0.12,
  /** A mirror image is so many times as high as wide. */
  mirror_height: 5,
  /** σ of a mirror image across: so many σ of the core, and a share of the spacing. */
  mirror_of_core: 1.3,
  /** The share of the spacing. */
  mirror_of_spacing: 0.05,
  /** Share of its light that a mirror image keeps. */
  mirror_share: 0.55,
  /** Share of the mean light of all that the ground throws back. */
  spill: 0.035,
  /** The middle of a light is overexposed to the eye: so much of its colour is white there. */
  white_of_core: 0.1,
} as const;

/** The numbers by which cameras frame a show. The viewer's cameras frame by the same. */
export const FRAMING = {
  /** Directions in which the outermost lights of a picture are sought. */
  directions: 96,
  /** Share of the picture that is filled. */
  filled: 0.88,
  /** The ground under the pictures is shown as well where they become smaller by no more than this for it. */
  ground_cost: 1.3,
  /** Instants of a formation that are looked at, evenly from its start to its end. */
  instants: 5,
  /** Least field of view from left to right that an audience may state, degrees. */
  least_across_deg: 2,
  /** Least vertical field of view, degrees. */
  least_fov_deg: 4,
  /** An eye is not lower than this above the ground, metres. */
  least_height_m: 0.4,
  /** Greatest field of view from left to right that an audience may state, degrees. */
  most_across_deg: 120,
  /** No camera that frames is farther away, metres. */
  most_distance_m: 4000,
  /** Greatest vertical field of view, degrees. */
  most_fov_deg: 130,
  /** The angle down. */
  orbit_down_deg: 10,
  /** Vertical field of view of the orbiting camera, degrees. */
  orbit_fov_deg: 42,
  /** How far it stands to the left of the audience's direction, and how far it looks down; degrees. */
  orbit_turn_deg: 28,
  /** Top and side are far cameras with a narrow field, nearly orthographic; degrees. */
  plan_fov_deg: 10,
  /** Instants that are looked at when a show names no formations. */
  unnamed_instants: 24,
} as const;

/** Added to the ground where a road runs, as displayed. */
export const ROAD: Rgb = [0.022, 0.024, 0.028];

/** Added to the ground where an audience is. */
export const AUDIENCE: Rgb = [0.034, 0.026, 0.014];

/** At this distance a colour has gone into the haze to two thirds, metres. */
export const HAZE_M = 2600;
