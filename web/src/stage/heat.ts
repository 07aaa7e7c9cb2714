/** The footprint on the ground: one quad whose texture has a texel for each cell. */

import {
  BufferGeometry,
  CustomBlending,
  DataTexture,
  DoubleSide,
  Float32BufferAttribute,
  LinearFilter,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  ShaderMaterial,
} from "three";
import { heatPixels, type HeatScale } from "../kit/heat";
import type { SafetyFootprint } from "../wire/safety";

/** Above the ground's own markings, which lie at 0. */
const HEIGHT_M = 0.04;

/** Corners of the grid in the order of {@link heatCorners}, with the texel row of the least y at v = 0. */
const CORNERS_UV = [0, 0, 1, 0, 1, 1, 0, 1] as const;

/** The four corners of a grid, counter-clockwise from the least x and y, site frame, metres. */
export function heatCorners({ origin_m: [x, y], cell_m, columns, rows }: SafetyFootprint): number[] {
  const [right, far] = [x + columns * cell_m, y + rows * cell_m];
  return [x, y, HEIGHT_M, right, y, HEIGHT_M, right, far, HEIGHT_M, x, far, HEIGHT_M];
}

/** The texels, colours multiplied by alpha: so a clear neighbour does not darken the rim where they are mixed. */
export function heatTexels(footprint: SafetyFootprint, scale: HeatScale): Uint8Array<ArrayBuffer> {
  const texels = new Uint8Array(heatPixels(footprint, scale));
  for (let i = 0; i < texels.length; i += 4) {
    for (let k = 0; k < 3; k++) texels[i + k] = Math.round((texels[i + k] * texels[i + 3]) / 255);
  }
  return texels;
}

export function heatMesh(footprint: SafetyFootprint, scale: HeatScale): Mesh<BufferGeometry, ShaderMaterial> {
  const texture = new DataTexture(heatTexels(footprint, scale), footprint.columns, footprint.rows);
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearFilter;
  texture.needsUpdate = true;
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(heatCorners(footprint), 3));
  geometry.setAttribute("uv", new Float32BufferAttribute(CORNERS_UV, 2));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  const mesh = new Mesh(
    geometry,
    new ShaderMaterial({
      uniforms: { heat: { value: texture } },
      vertexShader: /* glsl */ `
        varying vec2 vUv;
        void main() {
          vUv = uv;
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        }`,
      fragmentShader: /* glsl */ `
        uniform sampler2D heat;
        varying vec2 vUv;
        void main() {
          gl_FragColor = texture2D(heat, vUv) * 0.85;
        }`,
      transparent: true,
      depthWrite: false,
      side: DoubleSide,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
    }),
  );
  // After ground and water, before everything that stands or flies.
  mesh.renderOrder = 13;
  return mesh;
}
