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
  OneFactor,
  OneMinusSrcAlphaFactor,
  Points,
  ShaderMaterial,
  Vector2,
  type Texture,
} from "three";
import type { Backdrop } from "./backdrop";
import {
  CORE_OF_GAP,
  HALO_OF_GAP,
  LEAST_CORE_PX,
  LEAST_HALO_PX,
  MOST_CORE_PX,
  MOST_HALO_PX,
  type LightSize,
} from "./light-size";

const VERTEX = /* glsl */ `
attribute vec3 light;
uniform float pxPerMAt1M;
uniform float pixelRatio;
uniform float darkness;
uniform float coreM;
uniform float haloM;
uniform float spacingM;
uniform float sizeFactor;
varying vec3 vLight;
varying float vPower;
varying float vCoreSquare;
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
  vPower = power;
  vDim = 0.0;
  vPhase = position.x * 0.7 + position.z * 1.3;
  float gapPx = spacingM * pxPerM;
  float leastCorePx = min(${LEAST_CORE_PX.toFixed(1)} * pixelRatio, max(1.3 * pixelRatio, ${CORE_OF_GAP.toFixed(2)} * gapPx));
  float leastHaloPx = min(${LEAST_HALO_PX.toFixed(1)} * pixelRatio, max(3.0 * pixelRatio, ${HALO_OF_GAP.toFixed(2)} * gapPx));
  float corePx = sizeFactor * clamp(coreM * pxPerM, leastCorePx, ${MOST_CORE_PX.toFixed(1)} * pixelRatio);
  float haloPx = sizeFactor * clamp(haloM * pxPerM, leastHaloPx, ${MOST_HALO_PX.toFixed(1)} * pixelRatio) * (0.55 + 0.45 * power);
  haloPx = max(haloPx, corePx * 1.6);
  #ifdef MIRROR
    haloPx *= 1.6;
    if (power < 0.02) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  #else
    if (power < 0.02) {
      corePx = clamp(0.5 * coreM * pxPerM, 1.5 * pixelRatio, 16.0 * pixelRatio);
      haloPx = corePx + 1.0;
      vDim = darkness;
      if (darkness == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    }
  #endif
  vCoreSquare = corePx * corePx / (haloPx * haloPx);
  gl_PointSize = haloPx;
}
`;

// No root and no exponential: where the processor draws, the halos are most of the work.
const FRAGMENT = /* glsl */ `
uniform float timeS;
uniform sampler2D place;
uniform sampler2D placeDepth;
uniform vec2 viewportPx;
varying vec3 vLight;
varying float vPower;
varying float vCoreSquare;
varying float vDim;
varying float vPhase;
void main() {
  vec2 q = gl_PointCoord * 2.0 - 1.0;
  #ifdef MIRROR
    if (abs(q.x) > 0.5) discard;
    float water = 1.0 - texture2D(place, gl_FragCoord.xy / viewportPx).a;
    if (water < 0.01) discard;
    q.x += 0.10 * sin(q.y * 9.0 + vPhase + timeS * 2.1) * (0.4 + abs(q.y));
    float across = max(1.0 - 10.0 * q.x * q.x, 0.0);
    float along = 1.0 - q.y * q.y;
    across *= across * across;
    along *= along;
    float streak = across * across * along * along;
    streak *= water * (0.42 + 0.12 * sin(q.y * 21.0 + vPhase * 3.0 + timeS * 3.0));
    gl_FragColor = vec4(vLight * streak, streak * vPower);
  #else
    float square = dot(q, q);
    if (square > 1.0) discard;
    #ifdef HIDES
      if (gl_FragCoord.z > texture2D(placeDepth, gl_FragCoord.xy / viewportPx).r) discard;
    #endif
    if (vDim > 0.0) {
      float disc = 1.0 - smoothstep(0.3, 1.0, square);
      gl_FragColor = vec4(vec3(0.17, 0.20, 0.27) * vDim * disc, disc * 0.8 * vDim);
      return;
    }
    float core = 1.0 - smoothstep(vCoreSquare * 0.08, vCoreSquare * 1.6, square);
    float fall = 1.0 - square;
    float fall2 = fall * fall;
    float fall4 = fall2 * fall2;
    float halo = 0.50 * fall4 * fall4 + 0.10 * fall2;
    // The middle of a light is overexposed to the eye: a touch of white keeps its colour and makes it shine.
    float hot = core * (1.0 - smoothstep(0.0, vCoreSquare * 0.6, square)) * 0.5;
    vec3 colour = mix(vLight, vec3(vPower), hot);
    float cover = min(1.0, core + halo);
    gl_FragColor = vec4(colour * cover, cover * vPower * 0.92);
  #endif
}
`;

export class Swarm {
  readonly points: Points;
  /** The same vehicles mirrored in the water; drawn only where the backdrop has no alpha. */
  readonly mirror: Points;
  readonly positionsM: Float32Array;
  readonly colours: Uint8Array;
  private readonly geometry = new BufferGeometry();
  private readonly uniforms = {
    pxPerMAt1M: { value: 1 },
    pixelRatio: { value: 1 },
    darkness: { value: 1 },
    timeS: { value: 0 },
    coreM: { value: 1 },
    haloM: { value: 1 },
    spacingM: { value: 1 },
    sizeFactor: { value: 1 },
    place: { value: null as Texture | null },
    placeDepth: { value: null as Texture | null },
    viewportPx: { value: new Vector2(1, 1) },
  };

  /** `hides`: something of the place can stand before a light. */
  constructor(vehicleCount: number, { coreM, haloM, spacingM }: LightSize, place: Backdrop, hides: boolean) {
    this.uniforms.coreM.value = coreM;
    this.uniforms.haloM.value = haloM;
    this.uniforms.spacingM.value = spacingM;
    this.uniforms.place.value = place.texture;
    this.uniforms.placeDepth.value = place.depth;
    this.positionsM = new Float32Array(3 * vehicleCount);
    this.colours = new Uint8Array(4 * vehicleCount);
    this.geometry.setAttribute("position", new BufferAttribute(this.positionsM, 3).setUsage(DynamicDrawUsage));
    this.geometry.setAttribute("light", new BufferAttribute(this.colours, 4, true).setUsage(DynamicDrawUsage));
    this.points = new Points(this.geometry, this.material(hides ? { HIDES: "" } : {}));
    this.mirror = new Points(this.geometry, this.material({ MIRROR: "" }));
    this.points.renderOrder = 60;
    this.mirror.renderOrder = 12;
    for (const points of [this.points, this.mirror]) points.frustumCulled = false;
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
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
    });
  }

  /** Call after `positionsM` or `colours` were written. */
  changed(): void {
    this.geometry.attributes["position"].needsUpdate = true;
    this.geometry.attributes["light"].needsUpdate = true;
  }

  /** Size of the drawing buffer in pixels, vertical field of view in radians, the viewer's own factor of size. */
  setView(
    buffer: { widthPx: number; heightPx: number; pixelRatio: number },
    fov: number,
    shown: { dark: boolean; sizeFactor: number; timeS: number },
  ): void {
    const u = this.uniforms;
    u.pxPerMAt1M.value = buffer.heightPx / (2 * Math.tan(fov / 2));
    u.viewportPx.value.set(buffer.widthPx, buffer.heightPx);
    u.pixelRatio.value = buffer.pixelRatio;
    u.darkness.value = shown.dark ? 1 : 0;
    u.sizeFactor.value = shown.sizeFactor;
    u.timeS.value = shown.timeS;
  }

  dispose(): void {
    this.geometry.dispose();
    (this.points.material as ShaderMaterial).dispose();
    (this.mirror.material as ShaderMaterial).dispose();
  }
}
