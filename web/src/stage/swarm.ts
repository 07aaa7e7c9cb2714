/**
 * All vehicles as glowing points in one draw call: a bright core in a soft halo, sizes in metres with a least size in
 * pixels. A light covers what is behind it in the measure of its own brightness (premultiplied alpha) instead of
 * adding to it: a dense figure then tends to the colour of its lights, never to white.
 */

import {
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DynamicDrawUsage,
  EqualStencilFunc,
  OneFactor,
  OneMinusSrcAlphaFactor,
  Points,
  ShaderMaterial,
} from "three";
import { NOISE } from "./glsl";

const VERTEX = /* glsl */ `
attribute vec3 light;
uniform float pxPerMAt1M;
uniform float pixelRatio;
uniform float darkness;
uniform float timeS;
varying vec3 vLight;
varying float vCore;
varying float vDim;
varying float vPhase;
void main() {
  vec3 at = position;
  #ifdef MIRROR
    at.z = -at.z;
  #endif
  vec4 eye = modelViewMatrix * vec4(at, 1.0);
  gl_Position = projectionMatrix * eye;
  float pxPerM = pxPerMAt1M / max(-eye.z, 0.1);
  float power = max(light.r, max(light.g, light.b));
  vLight = light;
  vDim = 0.0;
  vPhase = position.x * 0.7 + position.z * 1.3;
  float corePx = clamp(0.85 * pxPerM, 2.6 * pixelRatio, 60.0 * pixelRatio);
  float haloPx = clamp(5.6 * pxPerM, 10.0 * pixelRatio, 170.0 * pixelRatio) * (0.55 + 0.45 * power);
  haloPx = max(haloPx, corePx * 1.6);
  #ifdef MIRROR
    haloPx = clamp(9.0 * pxPerM, 6.0, 110.0 * pixelRatio);
    if (power < 0.02) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  #else
    if (power < 0.02) {
      corePx = clamp(0.42 * pxPerM, 1.5 * pixelRatio, 16.0 * pixelRatio);
      haloPx = corePx + 1.0;
      vDim = darkness;
      if (darkness == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    }
  #endif
  vCore = corePx / haloPx;
  gl_PointSize = haloPx;
}
`;

const FRAGMENT = /* glsl */ `
uniform float timeS;
varying vec3 vLight;
varying float vCore;
varying float vDim;
varying float vPhase;
void main() {
  vec2 q = gl_PointCoord * 2.0 - 1.0;
  float power = max(vLight.r, max(vLight.g, vLight.b));
  #ifdef MIRROR
    q.x += 0.10 * sin(q.y * 9.0 + vPhase + timeS * 2.1) * (0.4 + abs(q.y));
    float streak = exp(-q.x * q.x * 60.0) * exp(-q.y * q.y * 3.2) * (1.0 - q.y * q.y);
    streak *= 0.42 + 0.12 * sin(q.y * 21.0 + vPhase * 3.0 + timeS * 3.0);
    gl_FragColor = vec4(vLight * streak, streak * power);
  #else
    float r = length(q);
    if (r > 1.0) discard;
    if (vDim > 0.0) {
      float disc = 1.0 - smoothstep(0.55, 1.0, r);
      gl_FragColor = vec4(vec3(0.17, 0.20, 0.27) * vDim * disc, disc * 0.8 * vDim);
      return;
    }
    float core = 1.0 - smoothstep(vCore * 0.55, vCore * 1.25, r);
    float fall = 1.0 - r;
    float halo = (0.50 * exp(-r * r * 11.0) + 0.12 * fall) * fall;
    // The middle of a light is overexposed to the eye: a touch of white keeps its colour and makes it shine.
    float hot = core * (1.0 - smoothstep(0.0, vCore * 0.75, r)) * 0.5;
    vec3 colour = mix(vLight, vec3(power), hot);
    float cover = min(1.0, core + halo);
    gl_FragColor = vec4(colour * cover, cover * power * 0.92);
  #endif
}
`;

export class Swarm {
  readonly points: Points;
  /** The same vehicles mirrored in the water; drawn only where the stencil says water. */
  readonly mirror: Points;
  readonly positionsM: Float32Array;
  readonly colours: Uint8Array;
  private readonly geometry = new BufferGeometry();
  private readonly uniforms = {
    pxPerMAt1M: { value: 1 },
    pixelRatio: { value: 1 },
    darkness: { value: 1 },
    timeS: { value: 0 },
  };

  constructor(vehicleCount: number) {
    this.positionsM = new Float32Array(3 * vehicleCount);
    this.colours = new Uint8Array(4 * vehicleCount);
    this.geometry.setAttribute("position", new BufferAttribute(this.positionsM, 3).setUsage(DynamicDrawUsage));
    this.geometry.setAttribute("light", new BufferAttribute(this.colours, 4, true).setUsage(DynamicDrawUsage));
    this.points = new Points(this.geometry, this.material(false));
    this.mirror = new Points(this.geometry, this.material(true));
    this.points.renderOrder = 60;
    this.mirror.renderOrder = 12;
    for (const points of [this.points, this.mirror]) points.frustumCulled = false;
  }

  private material(mirror: boolean): ShaderMaterial {
    return new ShaderMaterial({
      uniforms: this.uniforms,
      vertexShader: VERTEX,
      fragmentShader: NOISE + FRAGMENT,
      ...(mirror ? { defines: { MIRROR: "" } } : {}),
      transparent: true,
      depthWrite: false,
      depthTest: !mirror,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
      ...(mirror ? { stencilWrite: true, stencilRef: 1, stencilFunc: EqualStencilFunc } : {}),
    });
  }

  /** Call after `positionsM` or `colours` were written. */
  changed(): void {
    this.geometry.attributes["position"].needsUpdate = true;
    this.geometry.attributes["light"].needsUpdate = true;
  }

  /** `heightPx` of the drawing buffer, vertical field of view in radians. */
  setView(heightPx: number, fov: number, pixelRatio: number, showDark: boolean, timeS: number): void {
    this.uniforms.pxPerMAt1M.value = heightPx / (2 * Math.tan(fov / 2));
    this.uniforms.pixelRatio.value = pixelRatio;
    this.uniforms.darkness.value = showDark ? 1 : 0;
    this.uniforms.timeS.value = timeS;
  }

  dispose(): void {
    this.geometry.dispose();
    (this.points.material as ShaderMaterial).dispose();
    (this.mirror.material as ShaderMaterial).dispose();
  }
}
