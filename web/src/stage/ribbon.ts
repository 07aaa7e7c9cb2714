/**
 * Lines of any width: each segment is an instanced quad that the vertex shader widens on the screen, by metres with a
 * least width in pixels, with soft edges. WebGL's own lines are one pixel wide.
 */

import {
  CustomBlending,
  DoubleSide,
  DynamicDrawUsage,
  EqualStencilFunc,
  Float32BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  ShaderMaterial,
  Vector2,
} from "three";

const VERTEX = /* glsl */ `
attribute vec2 corner;
attribute vec3 from;
attribute vec3 to;
attribute vec4 colourFrom;
attribute vec4 colourTo;
attribute vec2 along;
uniform vec2 viewportPx;
uniform float widthM;
uniform float leastPx;
uniform float mirrored;
varying vec4 vColour;
varying float vAlong;
varying float vSide;
varying float vHalf;
void main() {
  vec3 flip = vec3(1.0, 1.0, mirrored > 0.5 ? -1.0 : 1.0);
  vec4 a = modelViewMatrix * vec4(from * flip, 1.0);
  vec4 b = modelViewMatrix * vec4(to * flip, 1.0);
  float near = -0.3;
  float ua = 0.0;
  float ub = 1.0;
  if (a.z > near && b.z > near) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  if (a.z > near) ua = (near - a.z) / (b.z - a.z);
  if (b.z > near) ub = (near - a.z) / (b.z - a.z);
  vec4 ea = mix(a, b, ua);
  vec4 eb = mix(a, b, ub);
  vec4 ca = projectionMatrix * ea;
  vec4 cb = projectionMatrix * eb;
  vec2 direction = (cb.xy / cb.w - ca.xy / ca.w) * viewportPx;
  float size = length(direction);
  direction = size > 1e-4 ? direction / size : vec2(1.0, 0.0);
  vec4 end = corner.x < 0.5 ? ca : cb;
  float depth = corner.x < 0.5 ? -ea.z : -eb.z;
  float u = corner.x < 0.5 ? ua : ub;
  float px = projectionMatrix[1][1] * viewportPx.y * 0.5 * widthM / depth;
  // Thinner than a pixel is drawn fainter, not thinner.
  float visible = widthM > 0.0 ? clamp(px / leastPx, 0.35, 1.0) : 1.0;
  float halfPx = 0.5 * max(px, leastPx);
  vSide = corner.y * (halfPx + 1.0);
  vHalf = halfPx;
  vColour = mix(colourFrom, colourTo, u);
  vColour.a *= visible;
  vAlong = mix(along.x, along.y, u);
  vec2 offset = vec2(-direction.y, direction.x) * vSide * 2.0 / viewportPx;
  gl_Position = vec4(end.xy + offset * end.w, end.zw);
}
`;

const FRAGMENT = /* glsl */ `
uniform float solid;
uniform float dash;
uniform float opacity;
uniform float nowS;
varying vec4 vColour;
varying float vAlong;
varying float vSide;
varying float vHalf;
void main() {
  float alpha = vColour.a * opacity * (1.0 - smoothstep(vHalf - 0.7, vHalf + 0.7, abs(vSide)));
  #ifdef PATH
    // "along" is show time in seconds: the last seconds shine, the future is dashed, the rest is faint.
    float age = nowS - vAlong;
    alpha *= age >= 0.0 ? 0.16 + 0.84 * exp(-age / 4.0) : 0.42 * step(0.45, fract(vAlong * 1.25));
  #else
    if (dash > 0.0) alpha *= smoothstep(0.42, 0.46, abs(fract(vAlong / dash) - 0.5) * 2.0);
  #endif
  if (alpha < 0.002) discard;
  gl_FragColor = vec4(vColour.rgb * alpha, alpha * solid);
}
`;

export interface RibbonOptions {
  /** Width in the scene; 0 for a width in pixels alone. */
  widthM?: number;
  leastPx?: number;
  /** 1 covers what is behind, 0 only adds light. */
  solid?: number;
  /** Length of dash and gap together, in the unit of `along` (metres unless given); 0 is unbroken. */
  dash?: number;
  depthTest?: boolean;
  /** Drawn upside down, where the stencil says water. */
  mirror?: boolean;
  /** `along` is time: see the shader. */
  path?: boolean;
  renderOrder?: number;
  opacity?: number;
}

export type Colour = readonly [red: number, green: number, blue: number, alpha: number];
type Point = ArrayLike<number>;

/** Collects segments for a {@link Ribbon}. */
export class Segments {
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly colourFrom: number[] = [];
  readonly colourTo: number[] = [];
  readonly along: number[] = [];

  get count(): number {
    return this.along.length / 2;
  }

  add(a: Point, b: Point, colourA: Colour, colourB: Colour = colourA, alongA = 0, alongB?: number): this {
    this.from.push(a[0], a[1], a[2]);
    this.to.push(b[0], b[1], b[2]);
    this.colourFrom.push(...colourA);
    this.colourTo.push(...colourB);
    this.along.push(alongA, alongB ?? alongA + Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));
    return this;
  }

  /** A line through points, closed or not. */
  line(points: readonly Point[], colour: Colour, closed = false): this {
    let along = 0;
    const count = closed ? points.length : points.length - 1;
    for (let i = 0; i < count; i++) {
      this.add(points[i], points[(i + 1) % points.length], colour, colour, along);
      along = this.along[this.along.length - 1];
    }
    return this;
  }
}

/** Size of the drawing buffer, shared by all ribbons. */
const viewportPx = { value: new Vector2(1, 1) };
export function setRibbonViewport(widthPx: number, heightPx: number): void {
  viewportPx.value.set(widthPx, heightPx);
}

export class Ribbon extends Mesh<InstancedBufferGeometry, ShaderMaterial> {
  constructor(segments: Segments, options: RibbonOptions = {}) {
    const { widthM = 0, leastPx = 1, solid = 0.6, dash = 0, depthTest = true, mirror = false, path = false } = options;
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute("corner", new Float32BufferAttribute([0, -1, 1, -1, 1, 1, 0, 1], 2));
    geometry.setIndex([0, 1, 2, 0, 2, 3]);
    super(
      geometry,
      new ShaderMaterial({
        uniforms: {
          viewportPx,
          widthM: { value: widthM },
          leastPx: { value: leastPx },
          solid: { value: solid },
          dash: { value: dash },
          opacity: { value: options.opacity ?? 1 },
          mirrored: { value: mirror ? 1 : 0 },
          nowS: { value: 0 },
        },
        ...(path ? { defines: { PATH: "" } } : {}),
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        transparent: true,
        depthWrite: false,
        depthTest: depthTest && !mirror,
        side: DoubleSide,
        blending: CustomBlending,
        blendSrc: OneFactor,
        blendDst: OneMinusSrcAlphaFactor,
        ...(mirror ? { stencilWrite: true, stencilRef: 1, stencilFunc: EqualStencilFunc } : {}),
      }),
    );
    this.frustumCulled = false;
    this.renderOrder = options.renderOrder ?? 30;
    this.setSegments(segments);
  }

  /** Replaces the lines. */
  setSegments(segments: Segments): void {
    const set = (name: string, values: number[], size: number): void => {
      const present = this.geometry.getAttribute(name);
      if (present && present.array.length === values.length) {
        present.array.set(values);
        present.needsUpdate = true;
      } else {
        const attribute = new InstancedBufferAttribute(new Float32Array(values), size);
        this.geometry.setAttribute(name, attribute.setUsage(DynamicDrawUsage));
      }
    };
    set("from", segments.from, 3);
    set("to", segments.to, 3);
    set("colourFrom", segments.colourFrom, 4);
    set("colourTo", segments.colourTo, 4);
    set("along", segments.along, 2);
    this.geometry.instanceCount = segments.count;
    this.visible = segments.count > 0;
  }

  set nowS(value: number) {
    this.material.uniforms["nowS"].value = value;
  }

  override dispose(): void {
    this.geometry.dispose();
    this.material.dispose();
  }
}
