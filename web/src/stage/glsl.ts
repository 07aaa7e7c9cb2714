/** Pieces of shader that several parts of the scene share. Colours are as displayed (sRGB), 0 to 1, unless they are called light. */

import { HAZE_M } from "./looks";

/** A number as GLSL writes it. */
export const num = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** Between colours as displayed and light: a radiance x is displayed as sRGB(1 − e^−x). */
export const TONE = /* glsl */ `
vec3 linearOf(vec3 colour) {
  return mix(pow((colour + 0.055) / 1.055, vec3(2.4)), colour / 12.92, step(colour, vec3(0.04045)));
}
vec3 displayOf(vec3 light) {
  return mix(1.055 * pow(light, vec3(1.0 / 2.4)) - 0.055, 12.92 * light, step(light, vec3(0.0031308)));
}
/** A displayed colour and a radiance added to it. */
vec3 withLight(vec3 colour, vec3 radiance) {
  return displayOf(1.0 - (1.0 - linearOf(clamp(colour, 0.0, 0.9995))) * exp(-radiance));
}
`;

/** Cheap hash noise, and dither that hides the steps of dark 8-bit gradients. */
export const NOISE = /* glsl */ `
float hash21(vec2 p) {
  vec3 q = fract(vec3(p.xyx) * 0.1031);
  q += dot(q, q.yzx + 33.33);
  return fract((q.x + q.y) * q.z);
}
vec3 dither(vec3 colour) {
  return colour + (hash21(gl_FragCoord.xy) - 0.5) / 255.0;
}
`;

/** Colour of the sky in a direction (z up), shared by sky, haze and water; the uniforms of `Atmosphere`. */
export const SKY = /* glsl */ `
uniform vec3 zenith;
uniform vec3 middleSky;
uniform vec3 lowSky;
uniform vec3 glowSky;
vec3 skyColour(vec3 direction) {
  float up = max(direction.z, 0.0);
  // The city behind the show brightens the horizon ahead a little more than behind.
  float ahead = 0.62 + 0.38 * direction.y;
  vec3 colour = mix(middleSky, zenith, smoothstep(0.12, 0.85, up));
  colour = mix(lowSky, colour, smoothstep(0.0, 0.30, up));
  return colour + glowSky * ahead * exp(-up * 13.0);
}
`;

/** How far a colour has gone into the haze at a distance. */
export const HAZE = /* glsl */ `
float haze(float distanceM) {
  return 1.0 - exp(-pow(distanceM / ${num(HAZE_M)}, 1.5));
}
`;
