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

/** Colour of the night sky in a direction (z up), shared by sky, fog and water. */
export const SKY = /* glsl */ `
vec3 skyColour(vec3 direction) {
  float up = max(direction.z, 0.0);
  vec3 zenith = vec3(0.010, 0.016, 0.040);
  vec3 middle = vec3(0.026, 0.040, 0.088);
  vec3 low = vec3(0.082, 0.078, 0.135);
  vec3 glow = vec3(0.205, 0.135, 0.145);
  // The city behind the show brightens the horizon ahead a little more than behind.
  float ahead = 0.62 + 0.38 * direction.y;
  vec3 colour = mix(middle, zenith, smoothstep(0.12, 0.85, up));
  colour = mix(low, colour, smoothstep(0.0, 0.30, up));
  return colour + glow * ahead * exp(-up * 13.0);
}
`;

/** How far a colour has gone into the haze at a distance. */
export const HAZE = /* glsl */ `
float haze(float distanceM) {
  return 1.0 - exp(-pow(distanceM / 2600.0, 1.5));
}
`;
