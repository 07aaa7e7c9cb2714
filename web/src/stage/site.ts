/** What the plan of the site says: fence, keep-out volumes, audience areas, roads, take-off pads. */

import {
  AdditiveBlending,
  BufferAttribute,
  BufferGeometry,
  DoubleSide,
  Group,
  Mesh,
  Points,
  ShaderMaterial,
  type Object3D,
} from "three";
import type { Audience, Environment, Geofence, KeepOut, ShowAnswer } from "../wire/show";
import { circle } from "../kit/circle";
import { meshNames } from "./bodies";
import { at, polygonGeometry, wallGeometry } from "./flat";
import { AUDIENCE, ROAD } from "./looks";
import { Ribbon, Segments, type Colour } from "./ribbon";

const FENCE: Colour = [0.30, 0.82, 0.86, 1];
const KEEP_OUT: Colour = [1.0, 0.34, 0.26, 1];
const AUDIENCE_EDGE: Colour = [0.98, 0.78, 0.45, 1];
const ROAD_EDGE: Colour = [0.62, 0.66, 0.76, 1];

const faded = ([r, g, b]: Colour, alpha: number): Colour => [r, g, b, alpha];

/** A wall or area of light: colour times alpha, fading with height. Adds to what is behind. */
function glow(geometry: BufferGeometry, [r, g, b]: readonly number[], alpha: number, fade: boolean): Mesh {
  const mesh = new Mesh(
    geometry,
    new ShaderMaterial({
      vertexShader: /* glsl */ `
        attribute float height;
        varying float vHeight;
        void main() {
          vHeight = height;
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        }`,
      fragmentShader: /* glsl */ `
        varying float vHeight;
        void main() {
          float strength = ${alpha.toFixed(4)} * ${fade ? "pow(1.0 - vHeight, 2.0)" : "1.0"};
          gl_FragColor = vec4(vec3(${r.toFixed(4)}, ${g.toFixed(4)}, ${b.toFixed(4)}) * strength, 0.0);
        }`,
      transparent: true,
      premultipliedAlpha: true,
      depthWrite: false,
      blending: AdditiveBlending,
      side: DoubleSide,
    }),
  );
  mesh.renderOrder = 25;
  return mesh;
}

/** The fence: a line on the ground, a curtain of light that fades upwards, and its outline at the ceiling; its further outlines and holes too. */
export function fenceObjects({ polygon_m, also_inside_m, holes_m }: Geofence, ceilingM: number): Group {
  const group = new Group();
  const ground = new Segments();
  const upper = new Segments();
  for (const outline of [polygon_m, ...also_inside_m, ...holes_m]) {
    ground.line(at(outline, 0.3), faded(FENCE, 0.5), true);
    upper.line(at(outline, ceilingM), faded(FENCE, 0.16), true);
    for (const [x, y] of outline) upper.add([x, y, 0], [x, y, ceilingM], faded(FENCE, 0.20), faded(FENCE, 0.06));
    group.add(glow(wallGeometry(outline, 0, Math.min(14, ceilingM)), FENCE, 0.05, true));
  }
  // What is inside a hole is outside the fence: its floor says so.
  for (const hole of holes_m) group.add(glow(polygonGeometry(hole, 0.06), KEEP_OUT, 0.09, false));
  group.add(new Ribbon(ground, { leastPx: 1.2 }), new Ribbon(upper, { leastPx: 1, dash: 8 }));
  return group;
}

/** Streets and railways: a paler surface. */
export function roadObjects(roads: Environment["roads"]): Object3D[] {
  return roads.map(({ polygon_m }) => glow(polygonGeometry(polygon_m, 0.03), ROAD, 1, false));
}

/** Volumes to keep out of, above the ground: walls of light with edges; of a mesh the edges of its layers alone, round its body. */
export function keepOutObjects(keepOuts: readonly KeepOut[]): Group {
  const group = new Group();
  const meshes = meshNames(keepOuts);
  for (const { name, shape } of keepOuts) {
    if (shape.top_m <= 0) continue;
    const bottomM = Math.max(shape.bottom_m, 0);
    const outline = shape.kind === "cylinder" ? circle(shape.centre_m, shape.radius_m) : shape.polygon_m;
    if (meshes.has(name)) {
      group.add(new Ribbon(new Segments().line(at(outline, shape.top_m), faded(KEEP_OUT, 0.22), true), { leastPx: 1 }));
      continue;
    }
    const edges = new Segments()
      .line(at(outline, bottomM + 0.2), faded(KEEP_OUT, 0.8), true)
      .line(at(outline, shape.top_m), faded(KEEP_OUT, 0.7), true);
    const every = shape.kind === "cylinder" ? outline.length / 8 : 1;
    outline.forEach(([x, y], i) => {
      if (i % every === 0) edges.add([x, y, bottomM], [x, y, shape.top_m], faded(KEEP_OUT, 0.4));
    });
    group.add(
      glow(wallGeometry(outline, bottomM, shape.top_m), KEEP_OUT, 0.035, false),
      glow(polygonGeometry(outline, shape.top_m), KEEP_OUT, 0.05, false),
      new Ribbon(edges, { leastPx: 1.2 }),
    );
  }
  return group;
}

export function audienceObjects(audiences: readonly Audience[]): Object3D[] {
  return audiences.map(({ polygon_m }) => glow(polygonGeometry(polygon_m, 0.05), AUDIENCE, 1, false));
}

/** Edges of roads and audience areas, like those of a plan. */
export function outlineObjects(roads: Environment["roads"], audiences: readonly Audience[]): Ribbon {
  const edges = new Segments();
  for (const { polygon_m } of roads) edges.line(at(polygon_m, 0.1), faded(ROAD_EDGE, 0.34), true);
  for (const { polygon_m } of audiences) edges.line(at(polygon_m, 0.2), faded(AUDIENCE_EDGE, 0.5), true);
  return new Ribbon(edges, { leastPx: 1 });
}

/** Take-off pads, one dim disc a vehicle. */
export class Pads {
  readonly points: Points;
  private readonly uniforms = { pxPerMAt1M: { value: 1 }, pixelRatio: { value: 1 } };

  constructor(vehicles: ShowAnswer["vehicles"], diameterM: number) {
    const widthM = Math.min(Math.max(1.3 * diameterM, 0.1), 0.8);
    const geometry = new BufferGeometry();
    const positions = new Float32Array(vehicles.flatMap(({ home_m }) => [...home_m]));
    geometry.setAttribute("position", new BufferAttribute(positions, 3));
    this.points = new Points(
      geometry,
      new ShaderMaterial({
        uniforms: this.uniforms,
        vertexShader: /* glsl */ `
          uniform float pxPerMAt1M;
          uniform float pixelRatio;
          varying float vFade;
          void main() {
            vec4 eye = modelViewMatrix * vec4(position, 1.0);
            gl_Position = projectionMatrix * eye;
            float px = ${widthM.toFixed(3)} * pxPerMAt1M / max(-eye.z, 0.1);
            gl_PointSize = clamp(px, 1.0 * pixelRatio, 24.0 * pixelRatio);
            vFade = clamp(px / pixelRatio, 0.0, 1.0);
          }`,
        fragmentShader: /* glsl */ `
          varying float vFade;
          void main() {
            float r = length(gl_PointCoord * 2.0 - 1.0);
            float ring = (1.0 - smoothstep(0.8, 1.0, r)) * mix(0.35, 1.0, smoothstep(0.45, 0.7, r));
            float alpha = 0.8 * ring * vFade;
            gl_FragColor = vec4(vec3(0.13, 0.16, 0.22) * alpha, alpha);
          }`,
        transparent: true,
        premultipliedAlpha: true,
        depthWrite: false,
      }),
    );
    this.points.frustumCulled = false;
    this.points.renderOrder = 26;
  }

  setView(heightPx: number, fov: number, pixelRatio: number): void {
    this.uniforms.pxPerMAt1M.value = heightPx / (2 * Math.tan(fov / 2));
    this.uniforms.pixelRatio.value = pixelRatio;
  }
}
