/** Sky: a gradient over the whole picture, and stars. */

import { AdditiveBlending, BufferAttribute, BufferGeometry, Float32BufferAttribute, Matrix4, Mesh, Points, ShaderMaterial } from "three";
import type { PerspectiveCamera } from "three";
import { NOISE, SKY } from "./glsl";
import type { Atmosphere } from "./moods";
import { randomFrom } from "./random";

const STARS = 1500;
const STAR_DISTANCE_M = 9000;

export class Sky {
  readonly dome: Mesh;
  readonly stars: Points;
  private readonly toWorld = { value: new Matrix4() };
  private readonly starPx = { value: 1 };

  constructor(atmosphere: Atmosphere) {
    const triangle = new BufferGeometry();
    triangle.setAttribute("position", new Float32BufferAttribute([-1, -1, 0, 3, -1, 0, -1, 3, 0], 3));
    this.dome = new Mesh(
      triangle,
      new ShaderMaterial({
        uniforms: { ...atmosphere.uniforms, toWorld: this.toWorld },
        vertexShader: /* glsl */ `
          uniform mat4 toWorld;
          varying vec3 vRay;
          void main() {
            gl_Position = vec4(position.xy, 1.0, 1.0);
            vec4 far = toWorld * vec4(position.xy, 1.0, 1.0);
            vRay = far.xyz / far.w - cameraPosition;
          }`,
        fragmentShader: /* glsl */ `
          ${NOISE} ${SKY}
          varying vec3 vRay;
          void main() { gl_FragColor = vec4(dither(skyColour(normalize(vRay))), 1.0); }`,
        depthTest: false,
        depthWrite: false,
      }),
    );
    this.dome.frustumCulled = false;
    this.dome.renderOrder = -20;

    const random = randomFrom(20170211);
    const positions = new Float32Array(3 * STARS);
    const looks = new Float32Array(2 * STARS);
    for (let i = 0; i < STARS; i++) {
      const z = 0.02 + 0.98 * random();
      const angle = 2 * Math.PI * random();
      const r = Math.sqrt(1 - z * z);
      positions.set([r * Math.cos(angle), r * Math.sin(angle), z].map((v) => v * STAR_DISTANCE_M), 3 * i);
      looks.set([random() ** 5, random()], 2 * i);
    }
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(positions, 3));
    geometry.setAttribute("look", new BufferAttribute(looks, 2));
    this.stars = new Points(
      geometry,
      new ShaderMaterial({
        uniforms: { stars: atmosphere.uniforms.stars, starPx: this.starPx },
        vertexShader: /* glsl */ `
          attribute vec2 look;
          uniform float starPx;
          uniform float stars;
          varying vec3 vColour;
          void main() {
            gl_Position = projectionMatrix * modelViewMatrix * vec4(position + cameraPosition, 1.0);
            gl_PointSize = 3.0 * starPx * (1.0 + look.x);
            float high = smoothstep(0.03, 0.40, position.z / ${STAR_DISTANCE_M}.0);
            vColour = mix(vec3(0.72, 0.80, 1.0), vec3(1.0, 0.90, 0.78), look.y) * (0.20 + 0.80 * look.x) * high * stars;
            if (stars <= 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
          }`,
        fragmentShader: /* glsl */ `
          varying vec3 vColour;
          void main() {
            vec2 q = gl_PointCoord * 3.0 - 1.5;
            gl_FragColor = vec4(vColour * exp(-dot(q, q)), 0.0);
          }`,
        transparent: true,
        premultipliedAlpha: true,
        depthTest: false,
        depthWrite: false,
        blending: AdditiveBlending,
      }),
    );
    this.stars.frustumCulled = false;
    this.stars.renderOrder = -19;
  }

  /** `heightPx` is that of the drawing buffer. */
  setView(camera: PerspectiveCamera, heightPx: number): void {
    this.toWorld.value.copy(camera.matrixWorld).multiply(camera.projectionMatrixInverse);
    this.starPx.value = 0.75 * Math.min(Math.max(heightPx / 720, 0.8), 3);
  }
}
