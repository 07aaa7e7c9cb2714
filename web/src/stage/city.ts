/** City blocks as one mesh: dark facades with lit windows. */

import { BufferGeometry, Float32BufferAttribute, Mesh, ShaderMaterial } from "three";
import type { Vec3M } from "../wire/reader";
import type { Landmark } from "../wire/show";
import { HAZE, NOISE, SKY } from "./glsl";
import type { Atmosphere } from "./moods";

interface Block {
  centre_m: readonly [number, number];
  size_m: Vec3M;
}

const FRAGMENT = /* glsl */ `
uniform vec3 facade;
uniform float relief;
uniform vec3 footColour;
uniform float windowLight;
varying vec3 vAt;
varying vec3 vNormal;
varying vec3 vFacade;
void main() {
  float distanceM = distance(vAt, cameraPosition);
  vec3 ray = (vAt - cameraPosition) / distanceM;
  float roof = step(0.5, vNormal.z);
  // Walls are told apart by direction a little, and lit by the street at their foot.
  float shade = 1.0 + relief * (-0.25 + 0.25 * abs(vNormal.x) - 0.15 * vNormal.y + 0.25 * vNormal.z);
  vec3 colour = facade * shade;
  colour += footColour * exp(-vFacade.y / 14.0) * (1.0 - roof);
  vec2 grid = vFacade.xy / vec2(3.6, 3.4);
  vec2 cell = floor(grid);
  vec2 inside = fract(grid);
  float pane = step(0.22, inside.x) * step(inside.x, 0.80) * step(0.25, inside.y) * step(inside.y, 0.72);
  float chance = hash21(cell + vFacade.z * 91.7);
  float lit = step(0.80, chance) * (0.35 + 0.65 * fract(chance * 57.3));
  vec3 warm = mix(vec3(0.95, 0.68, 0.38), vec3(0.62, 0.72, 0.90), step(0.72, fract(chance * 913.1)));
  // Windows smaller than a pixel melt into their mean, or they would flicker.
  float blur = smoothstep(0.35, 1.1, max(fwidth(grid.x), fwidth(grid.y)));
  vec3 windows = mix(warm * lit * pane, vec3(0.80, 0.62, 0.42) * 0.034, blur);
  colour += windows * windowLight * (1.0 - roof);
  colour = mix(colour, skyColour(vec3(ray.xy, max(ray.z, 0.0))), haze(distanceM));
  gl_FragColor = vec4(dither(colour), 1.0);
}
`;

/** All blocks among the landmarks; null when there are none. */
export function cityMesh(landmarks: readonly Landmark[], atmosphere: Atmosphere): Mesh | null {
  const blocks = landmarks.flatMap(({ centre_m, shape }): Block[] =>
    shape.kind === "block" ? [{ centre_m, size_m: shape.size_m }] : [],
  );
  if (blocks.length === 0) return null;
  const positions: number[] = [];
  const normals: number[] = [];
  const facades: number[] = [];
  const index: number[] = [];
  blocks.forEach(({ centre_m: [cx, cy], size_m: [width, depth, height] }, seed) => {
    const [x, y] = [width / 2, depth / 2];
    const corners = [
      [-x, -y],
      [x, -y],
      [x, y],
      [-x, y],
    ];
    corners.forEach(([ax, ay], i) => {
      const [bx, by] = corners[(i + 1) % 4];
      const length = Math.hypot(bx - ax, by - ay);
      const first = positions.length / 3;
      positions.push(cx + ax, cy + ay, 0, cx + bx, cy + by, 0, cx + bx, cy + by, height, cx + ax, cy + ay, height);
      for (let k = 0; k < 4; k++) normals.push((by - ay) / length, -(bx - ax) / length, 0);
      facades.push(0, 0, seed + i / 4, length, 0, seed + i / 4, length, height, seed + i / 4, 0, height, seed + i / 4);
      index.push(first, first + 1, first + 2, first, first + 2, first + 3);
    });
    const first = positions.length / 3;
    for (const [px, py] of corners) {
      positions.push(cx + px, cy + py, height);
      normals.push(0, 0, 1);
      facades.push(0, height, seed);
    }
    index.push(first, first + 1, first + 2, first, first + 2, first + 3);
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  geometry.setAttribute("normal", new Float32BufferAttribute(normals, 3));
  geometry.setAttribute("wall", new Float32BufferAttribute(facades, 3));
  geometry.setIndex(index);
  return new Mesh(
    geometry,
    new ShaderMaterial({
      uniforms: atmosphere.uniforms,
      vertexShader: /* glsl */ `
        attribute vec3 wall;
        varying vec3 vAt;
        varying vec3 vNormal;
        varying vec3 vFacade;
        void main() {
          vAt = position;
          vNormal = normal;
          vFacade = wall;
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        }`,
      fragmentShader: NOISE + SKY + HAZE + FRAGMENT,
    }),
  );
}
