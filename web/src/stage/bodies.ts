/** Buildings that are kept out of by their mesh, as dark bodies: they stand before the lights behind them. */

import { BufferGeometry, Float32BufferAttribute, Mesh, ShaderMaterial, ShapeUtils, Vector2 } from "three";
import type { Vec2M } from "../wire/reader";
import type { KeepOut } from "../wire/show";
import { HAZE, NOISE, SKY } from "./glsl";
import type { Atmosphere } from "./moods";

/** Names of the keep-outs that stand for a mesh: stacks of prisms under one name. */
export function meshNames(keepOuts: readonly KeepOut[]): Set<string> {
  const count = new Map<string, number>();
  for (const { name, shape } of keepOuts) {
    if (shape.kind === "prism") count.set(name, (count.get(name) ?? 0) + 1);
  }
  return new Set([...count].filter(([, volumes]) => volumes > 1).map(([name]) => name));
}

const FRAGMENT = /* glsl */ `
uniform vec3 facade;
uniform float relief;
uniform vec3 footColour;
varying vec3 vAt;
varying vec3 vNormal;
varying float vFootM;
void main() {
  float distanceM = distance(vAt, cameraPosition);
  vec3 ray = (vAt - cameraPosition) / distanceM;
  float wall = 1.0 - abs(vNormal.z);
  float shade = 1.0 + relief * (-0.25 + 0.25 * abs(vNormal.x) - 0.15 * vNormal.y + 0.25 * vNormal.z);
  vec3 colour = facade * shade + footColour * exp(-vAt.z / 14.0) * wall;
  // Lit from its foot and by the glow of the horizon behind the audience.
  float glow = 0.012 + 0.030 * (1.0 - smoothstep(0.0, 40.0, wall * (vAt.z - vFootM)));
  colour += relief * glow * vec3(1.0, 0.82, 0.70) * (0.6 + 0.4 * vNormal.x);
  colour = mix(colour, skyColour(vec3(ray.xy, max(ray.z, 0.0))), haze(distanceM));
  gl_FragColor = vec4(dither(colour), 1.0);
}
`;

/** The bodies of all meshes, above the ground; null when there are none. */
export function bodyMesh(keepOuts: readonly KeepOut[], atmosphere: Atmosphere): Mesh | null {
  const names = meshNames(keepOuts);
  const positions: number[] = [];
  const normals: number[] = [];
  const feet: number[] = [];
  const add = (points: readonly (readonly number[])[], normal: readonly number[], footM: number): void => {
    for (const point of points) {
      positions.push(...point);
      normals.push(...normal);
      feet.push(footM);
    }
  };
  for (const { name, shape } of keepOuts) {
    if (!names.has(name) || shape.kind !== "prism" || shape.top_m <= 0) continue;
    const bottomM = Math.max(shape.bottom_m, 0);
    const contour = shape.polygon_m.map(([x, y]) => new Vector2(x, y));
    if (ShapeUtils.isClockWise(contour)) contour.reverse();
    contour.forEach((a, i) => {
      const b = contour[(i + 1) % contour.length];
      const length = Math.max(a.distanceTo(b), 1e-9);
      const foot: Vec2M[] = [
        [a.x, a.y],
        [b.x, b.y],
      ];
      const [p, q] = foot.map(([x, y]) => [x, y, bottomM]);
      const [r, s] = foot.map(([x, y]) => [x, y, shape.top_m]);
      add([p, q, s, p, s, r], [(b.y - a.y) / length, -(b.x - a.x) / length, 0], bottomM);
    });
    for (const corners of ShapeUtils.triangulateShape(contour, [])) {
      add(corners.map((k) => [contour[k].x, contour[k].y, shape.top_m]), [0, 0, 1], bottomM);
      add([...corners].reverse().map((k) => [contour[k].x, contour[k].y, bottomM]), [0, 0, -1], bottomM);
    }
  }
  if (positions.length === 0) return null;
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  geometry.setAttribute("normal", new Float32BufferAttribute(normals, 3));
  geometry.setAttribute("footM", new Float32BufferAttribute(feet, 1));
  return new Mesh(
    geometry,
    new ShaderMaterial({
      uniforms: atmosphere.uniforms,
      vertexShader: /* glsl */ `
        attribute float footM;
        varying vec3 vAt;
        varying vec3 vNormal;
        varying float vFootM;
        void main() {
          vAt = position;
          vFootM = footM;
          vNormal = normal;
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        }`,
      fragmentShader: NOISE + SKY + HAZE + FRAGMENT,
    }),
  );
}
