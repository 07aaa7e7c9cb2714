/**
 * All vehicles as glowing points in one draw call: the model of lights that films are drawn by (its numbers in looks.ts, its
 * formulas in the documentation of the crate kapok-film). They are summed up as radiance; exposure.ts shows the sum.
 */

import {
  AddEquation,
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  Points,
  ShaderMaterial,
  Vector2,
  ZeroFactor,
  type Texture,
} from "three";
import type { Backdrop } from "./backdrop";
import { HAZE, num, TONE } from "./glsl";
import { OPTICS, PALETTES, type Mood } from "./looks";

const TAU = num(2 * Math.PI);

const VERTEX = /* glsl */ `
${TONE} ${HAZE}
attribute vec3 light;
#ifdef MIRROR
  attribute vec3 lampM;
  uniform vec2 viewportPx;
#endif
uniform float focalPx;
uniform float heightPx;
uniform float pixelRatio;
uniform float darkness;
uniform float diameterM;
uniform float spacingM;
uniform float bodyShare;
uniform float sizeFactor;
uniform float timeS;
varying vec3 vCore;
varying vec3 vGlow;
varying vec2 vFall;
varying vec2 vBody;
varying float vReach;
varying vec3 vMirror;
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);
void main() {
  #ifdef MIRROR
    vec3 at = vec3(lampM.xy, -lampM.z);
  #else
    vec3 at = position;
  #endif
  vec4 eye = modelViewMatrix * vec4(at, 1.0);
  gl_Position = projectionMatrix * eye;
  float depth = max(-eye.z, 0.1);
  float spacingPx = spacingM * focalPx / depth;
  float diameterPx = diameterM * focalPx / depth;
  float largest = ${num(OPTICS.largest_of_height)} * heightPx;
  float least = ${num(OPTICS.core_least_px)} * pixelRatio;
  float own = min(${num(OPTICS.core_of_spacing)} * spacingPx, ${num(OPTICS.core_of_diameter)} * diameterPx);
  float sigma = min(sqrt(least * least + own * own), largest / 6.0);
  float glow = min(${num(OPTICS.glow_of_core)} * sigma + ${num(OPTICS.glow_of_spacing)} * spacingPx, largest / ${num(OPTICS.glow_reach)});
  float energy = ${TAU} * sigma * sigma * ${num(OPTICS.core_radiance)} + 0.35 * ${TAU} * glow * glow * ${num(OPTICS.glow_radiance)};
  float clear = 1.0 - haze(depth);
  float strength = clear * min(1.0, ${num(OPTICS.area_radiance)} * spacingPx * spacingPx / energy);
  vec3 lamp = linearOf(light);
  bool lit = max(light.r, max(light.g, light.b)) >= ${num(OPTICS.dark)};
  sigma *= sizeFactor;
  glow *= sizeFactor;
  #ifdef MIRROR
    float across = min(${num(OPTICS.mirror_of_core)} * sigma + ${num(OPTICS.mirror_of_spacing)} * spacingPx, largest / 16.0);
    float along = ${num(OPTICS.mirror_height)} * across;
    vCore = ${num(OPTICS.mirror_share)} * strength * energy * sizeFactor * sizeFactor / (${TAU} * across * along) * lamp;
    vFall = 0.5 / vec2(across * across, along * along);
    // A quad, since a square point would be dark for the most part.
    vec2 reach = vec2(3.0 * across + 2.0 * pixelRatio, 3.0 * along);
    gl_Position.xy += position.xy * reach * 2.0 / viewportPx * gl_Position.w;
    // Waves move the image; each light has a phase of its own.
    vMirror = vec3(position.xy * reach, ${TAU} * fract(float(gl_InstanceID) * 0.618 + timeS / 2.3));
    if (!lit || lampM.z <= 0.0) gl_Position = NOWHERE;
  #else
    float white = max(lamp.r, max(lamp.g, lamp.b));
    vCore = ${num(OPTICS.core_radiance)} * strength * mix(lamp, vec3(white), ${num(OPTICS.white_of_core)});
    vGlow = ${num(OPTICS.glow_radiance)} * strength * lamp;
    vReach = ${num(OPTICS.glow_reach)} * glow;
    float bodySigma = max(0.25 * diameterPx, 0.5 * pixelRatio);
    // A body smaller than a pixel darkens it by its share.
    float body = bodyShare * min(0.25 * diameterPx * diameterPx, 1.0) * clear;
    if (!lit) {
      vCore = bodyShare > 0.0 ? vec3(0.0) : ${num(OPTICS.glimmer)} * clear * vec3(0.75, 0.85, 1.0);
      vGlow = vec3(0.0);
      vReach = 4.0 * max(sigma, bodySigma);
      if (darkness == 0.0) gl_Position = NOWHERE;
    }
    vFall = vReach * vReach * vec2(0.5 / (sigma * sigma), 1.0 / (glow * glow));
    vBody = vec2(body, 0.5 * vReach * vReach / (bodySigma * bodySigma));
    // Nothing is seen through the ground.
    if (position.z < -0.5 && cameraPosition.z > 0.0) gl_Position = NOWHERE;
    gl_PointSize = 2.0 * vReach;
  #endif
}
`;

const FRAGMENT = /* glsl */ `
uniform float pixelRatio;
uniform sampler2D place;
uniform sampler2D placeDepth;
uniform vec2 viewportPx;
varying vec3 vCore;
varying vec3 vGlow;
varying vec2 vFall;
varying vec2 vBody;
varying vec3 vMirror;
void main() {
  #ifdef MIRROR
    float mirror = 1.0 - texture2D(place, gl_FragCoord.xy / viewportPx).a;
    if (mirror < 0.01) discard;
    vec2 q = vMirror.xy;
    float u = 0.5 * (vMirror.z - q.y / pixelRatio * 0.11);
    q.x += 1.4 * pixelRatio * (4.0 * abs(u - floor(u + 0.5)) - 1.0);
    gl_FragColor = vec4(vCore * (mirror * exp(-dot(q * q, vFall))), 0.0);
  #else
    vec2 q = gl_PointCoord * 2.0 - 1.0;
    float square = dot(q, q);
    if (square >= 1.0) discard;
    #ifdef HIDES
      if (gl_FragCoord.z > texture2D(placeDepth, gl_FragCoord.xy / viewportPx).r) discard;
    #endif
    float edge = 1.0 - square;
    float wide = 1.0 + square * vFall.y;
    float share = edge / wide;
    vec3 sum = vGlow * (share * share);
    float fall = square * vFall.x;
    if (fall < 8.0) sum += vCore * exp(-fall);
    gl_FragColor = vec4(sum, vBody.x > 0.0 ? vBody.x * exp(-square * vBody.y) : 0.0);
  #endif
}
`;

export class Swarm {
  readonly points: Points;
  /** The same vehicles mirrored in water and in polished floors. */
  readonly mirror: Mesh;
  readonly positionsM: Float32Array;
  readonly colours: Uint8Array;
  private readonly geometry = new BufferGeometry();
  private readonly mirrored = new InstancedBufferGeometry();
  private readonly uniforms = {
    focalPx: { value: 1 },
    heightPx: { value: 1 },
    pixelRatio: { value: 1 },
    darkness: { value: 1 },
    timeS: { value: 0 },
    diameterM: { value: 1 },
    spacingM: { value: 1 },
    bodyShare: { value: 0 },
    sizeFactor: { value: 1 },
    place: { value: null as Texture | null },
    placeDepth: { value: null as Texture | null },
    viewportPx: { value: new Vector2(1, 1) },
  };

  /** `spacingM` is how far lights stand from each other; `hides`: something of the place can stand before a light. */
  constructor(vehicleCount: number, diameterM: number, spacingM: number, place: Backdrop, hides: boolean) {
    this.uniforms.diameterM.value = Math.min(Math.max(diameterM, 0.02), 5);
    this.setSpacing(spacingM);
    this.uniforms.place.value = place.texture;
    this.uniforms.placeDepth.value = place.depth;
    this.positionsM = new Float32Array(3 * vehicleCount);
    this.colours = new Uint8Array(4 * vehicleCount);
    this.geometry.setAttribute("position", new BufferAttribute(this.positionsM, 3).setUsage(DynamicDrawUsage));
    this.geometry.setAttribute("light", new BufferAttribute(this.colours, 4, true).setUsage(DynamicDrawUsage));
    this.points = new Points(this.geometry, this.material(hides ? { HIDES: "" } : {}));
    this.mirrored.setAttribute("position", new BufferAttribute(new Float32Array([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0]), 3));
    this.mirrored.setIndex([0, 1, 2, 0, 2, 3]);
    this.mirrored.setAttribute("lampM", new InstancedBufferAttribute(this.positionsM, 3).setUsage(DynamicDrawUsage));
    this.mirrored.setAttribute("light", new InstancedBufferAttribute(this.colours, 4, true).setUsage(DynamicDrawUsage));
    this.mirrored.instanceCount = vehicleCount;
    this.mirror = new Mesh(this.mirrored, this.material({ MIRROR: "" }));
    this.points.renderOrder = 60;
    this.mirror.renderOrder = 12;
    for (const object of [this.points, this.mirror]) object.frustumCulled = false;
  }

  /** How far lights stand from each other. */
  setSpacing(spacingM: number): void {
    this.uniforms.spacingM.value = Math.min(Math.max(spacingM, 0.05), 50);
  }

  private material(defines: Record<string, string>): ShaderMaterial {
    return new ShaderMaterial({
      uniforms: this.uniforms,
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      defines,
      transparent: true,
      depthWrite: false,
      depthTest: false,
      blending: CustomBlending,
      blendEquation: AddEquation,
      blendSrc: OneFactor,
      blendDst: OneFactor,
      blendSrcAlpha: ZeroFactor,
      blendDstAlpha: OneMinusSrcAlphaFactor,
    });
  }

  /** Call after `positionsM` or `colours` were written. */
  changed(): void {
    for (const [geometry, place] of [[this.geometry, "position"], [this.mirrored, "lampM"]] as const) {
      geometry.attributes[place].needsUpdate = true;
      geometry.attributes["light"].needsUpdate = true;
    }
  }

  /** Size of the drawing buffer in pixels, vertical field of view in radians, the viewer's own factor of size. */
  setView(
    buffer: { widthPx: number; heightPx: number; pixelRatio: number },
    fov: number,
    shown: { mood: Mood; dark: boolean; sizeFactor: number; timeS: number },
  ): void {
    const u = this.uniforms;
    u.focalPx.value = buffer.heightPx / (2 * Math.tan(fov / 2));
    u.heightPx.value = buffer.heightPx;
    u.bodyShare.value = PALETTES[shown.mood].body;
    u.viewportPx.value.set(buffer.widthPx, buffer.heightPx);
    u.pixelRatio.value = buffer.pixelRatio;
    u.darkness.value = shown.dark ? 1 : 0;
    u.sizeFactor.value = shown.sizeFactor;
    u.timeS.value = shown.timeS;
  }

  dispose(): void {
    this.geometry.dispose();
    this.mirrored.dispose();
    (this.points.material as ShaderMaterial).dispose();
    (this.mirror.material as ShaderMaterial).dispose();
  }
}
