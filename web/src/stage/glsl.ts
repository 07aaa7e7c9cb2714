/** Pieces of shader that several parts of the scene share. Colours are as displayed (sRGB), 0 to 1. */

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
uniform float hazeShare;
float haze(float distanceM) {
  return hazeShare * (1.0 - exp(-pow(distanceM / 2600.0, 1.5)));
}
`;
