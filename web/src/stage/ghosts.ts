/** Where vehicles should be: small grey dots under the lights of where they were. */

import { BufferAttribute, BufferGeometry, DynamicDrawUsage, Points, ShaderMaterial } from "three";

/** Radius of a dot, CSS pixels, and its opacity. */
const RADIUS_PX = 1.6;
const OPACITY = 0.55;

export class Ghosts {
  readonly points: Points;
  private readonly geometry = new BufferGeometry();
  private readonly positions: BufferAttribute;
  private readonly uniforms = { sizePx: { value: 1 } };

  constructor(vehicleCount: number) {
    this.positions = new BufferAttribute(new Float32Array(3 * vehicleCount), 3).setUsage(DynamicDrawUsage);
    this.geometry.setAttribute("position", this.positions);
    const material = new ShaderMaterial({
      uniforms: this.uniforms,
      vertexShader: "uniform float sizePx; void main() { gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); gl_PointSize = sizePx; }",
      fragmentShader: `void main() {
        vec2 q = gl_PointCoord * 2.0 - 1.0;
        float share = 1.0 - smoothstep(0.6, 1.0, dot(q, q));
        gl_FragColor = vec4(0.78, 0.84, 0.95, ${OPACITY} * share);
      }`,
      transparent: true,
      depthWrite: false,
      depthTest: false,
    });
    this.points = new Points(this.geometry, material);
    this.points.frustumCulled = false;
    this.points.renderOrder = 50;
    this.points.visible = false;
  }

  /** Takes the planned places: x, y, z of each vehicle. */
  show(positionsM: Float32Array): void {
    this.positions.copyArray(positionsM);
    this.positions.needsUpdate = true;
  }

  setView(pixelRatio: number): void {
    this.uniforms.sizePx.value = 2 * RADIUS_PX * pixelRatio + 1;
  }

  dispose(): void {
    this.geometry.dispose();
    (this.points.material as ShaderMaterial).dispose();
  }
}
