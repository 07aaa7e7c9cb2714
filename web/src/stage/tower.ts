/**
 * A lattice tower from its parameters: straight columns between two ellipses that are turned against each other, rings
 * through the columns, a dark core, a mast. Soft running colours, dim enough to stay behind the show.
 */

import { BufferGeometry, DoubleSide, Float32BufferAttribute, Mesh, ShaderMaterial, type Object3D } from "three";
import type { Vec2M, Vec3M } from "../wire/reader";
import type { LandmarkShape } from "../wire/show";
import { Ribbon, Segments, type Colour } from "./ribbon";

type HyperboloidTower = Extract<LandmarkShape, { kind: "hyperboloid-tower" }>;
type Point = [number, number, number];

/** Point of a column (0 to 1 round the foot) at a share of the body's height; a column is a straight line. */
export function columnPoint(tower: HyperboloidTower, column: number, share: number): Vec3M {
  const angle = 2 * Math.PI * column;
  const twist = (tower.twist_deg * Math.PI) / 180;
  const foot: Vec2M = [tower.base_radii_m[0] * Math.cos(angle), tower.base_radii_m[1] * Math.sin(angle)];
  const flat: Vec2M = [tower.top_radii_m[0] * Math.cos(angle), tower.top_radii_m[1] * Math.sin(angle)];
  const [c, s] = [Math.cos(twist), Math.sin(twist)];
  const head: Vec2M = [c * flat[0] - s * flat[1], s * flat[0] + c * flat[1]];
  return [
    foot[0] + share * (head[0] - foot[0]),
    foot[1] + share * (head[1] - foot[1]),
    share * tower.body_height_m,
  ];
}

const STOPS: readonly (readonly [share: number, red: number, green: number, blue: number])[] = [
  [0, 0.16, 0.30, 0.95],
  [0.35, 0.42, 0.26, 0.98],
  [0.62, 0.86, 0.28, 0.82],
  [1, 1.0, 0.46, 0.40],
];

/** Colour of the tower's lights at a share of its height. */
function gradient(share: number, alpha: number): Colour {
  const next = Math.max(1, STOPS.findIndex(([at]) => at >= share));
  const [a, b] = [STOPS[next - 1], STOPS[next]];
  const u = Math.min(Math.max((share - a[0]) / (b[0] - a[0]), 0), 1);
  return [a[1] + u * (b[1] - a[1]), a[2] + u * (b[2] - a[2]), a[3] + u * (b[3] - a[3]), alpha];
}

/** A vertical tube of elliptic sections, dark, so that the far side of the lattice shines through only faintly. */
function core(tower: HyperboloidTower, centre: Vec2M): Mesh {
  const corners = 20;
  const [rx, ry] = [0.30 * tower.top_radii_m[0], 0.30 * tower.top_radii_m[1]];
  const positions: number[] = [];
  const index: number[] = [];
  for (const z of [0, tower.body_height_m * 0.985]) {
    for (let i = 0; i < corners; i++) {
      const angle = (2 * Math.PI * i) / corners;
      positions.push(centre[0] + rx * Math.cos(angle), centre[1] + ry * Math.sin(angle), z);
    }
  }
  for (let i = 0; i < corners; i++) {
    const j = (i + 1) % corners;
    index.push(i, j, corners + j, i, corners + j, corners + i);
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  geometry.setIndex(index);
  return new Mesh(
    geometry,
    new ShaderMaterial({
      vertexShader: /* glsl */ `
        varying float vShare;
        void main() {
          vShare = position.z / ${tower.body_height_m.toFixed(3)};
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        }`,
      fragmentShader: /* glsl */ `
        varying float vShare;
        void main() {
          vec3 colour = mix(vec3(0.030, 0.034, 0.075), vec3(0.075, 0.040, 0.075), vShare);
          float floors = 0.75 + 0.25 * step(0.5, fract(vShare * 88.0));
          gl_FragColor = vec4(colour * floors, 1.0);
        }`,
      side: DoubleSide,
    }),
  );
}

function lattice(tower: HyperboloidTower, centre: Vec2M): { columns: Segments; rings: Segments; mast: Segments } {
  const columns = new Segments();
  const rings = new Segments();
  const mast = new Segments();
  const place = ([x, y, z]: Vec3M): Point => [x + centre[0], y + centre[1], z];
  const pieces = 16;
  for (let i = 0; i < tower.columns; i++) {
    for (let k = 0; k < pieces; k++) {
      const [a, b] = [k / pieces, (k + 1) / pieces];
      columns.add(
        place(columnPoint(tower, i / tower.columns, a)),
        place(columnPoint(tower, i / tower.columns, b)),
        gradient(a, 0.40),
        gradient(b, 0.40),
      );
    }
  }
  const corners = Math.max(24, Math.min(tower.columns, 48));
  for (let ring = 1; ring <= tower.rings; ring++) {
    const share = ring / tower.rings;
    // The waist shines most: there the lattice is closest.
    const alpha = 0.13 + 0.2 * Math.exp(-(((share - 0.62) / 0.22) ** 2)) + (ring === tower.rings ? 0.4 : 0);
    rings.line(
      Array.from({ length: corners }, (_, i) => place(columnPoint(tower, i / corners, share))),
      gradient(share, alpha),
      true,
    );
  }
  const steps = 10;
  const mastM = tower.total_height_m - tower.body_height_m;
  for (let k = 0; k < steps; k++) {
    const z = (u: number): number => tower.body_height_m + mastM * u;
    const colour = (u: number): Colour => [1.0, 0.52 + 0.2 * u, 0.46 + 0.3 * u, 0.6 - 0.3 * u];
    mast.add([centre[0], centre[1], z(k / steps)], [centre[0], centre[1], z((k + 1) / steps)], colour(k / steps), colour((k + 1) / steps));
  }
  return { columns, rings, mast };
}

/** The tower standing at `centre`, and its mirror image for the waters. */
export function towerObjects(tower: HyperboloidTower, centre: Vec2M): { objects: Object3D[]; mirror: Object3D[] } {
  const { columns, rings, mast } = lattice(tower, centre);
  const build = (mirror: boolean): Object3D[] => {
    const order = mirror ? 12 : 20;
    const opacity = mirror ? 0.34 : 1;
    return [
      new Ribbon(rings, { widthM: 0.7, leastPx: 1, solid: 0.25, mirror, renderOrder: order, opacity }),
      new Ribbon(columns, { widthM: 1.9, leastPx: 1, solid: 0.8, mirror, renderOrder: order, opacity }),
      new Ribbon(mast, { widthM: 2.2, leastPx: 1.2, solid: 0.7, mirror, renderOrder: order, opacity }),
    ];
  };
  return { objects: [core(tower, centre), ...build(false)], mirror: build(true) };
}
