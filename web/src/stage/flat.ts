/** Flat and upright meshes over polygons. */

import { BufferGeometry, Float32BufferAttribute, ShapeUtils, Vector2 } from "three";
import type { Vec2M } from "../wire/reader";

/** A polygon, either orientation, as triangles at height `zM`. */
export function polygonGeometry(polygonM: readonly Vec2M[], zM: number): BufferGeometry {
  const contour = polygonM.map(([x, y]) => new Vector2(x, y));
  if (ShapeUtils.isClockWise(contour)) contour.reverse();
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(contour.flatMap(({ x, y }) => [x, y, zM]), 3));
  geometry.setIndex(ShapeUtils.triangulateShape(contour, []).flat());
  return geometry;
}

/** The walls over a polygon's outline from `bottomM` to `topM`; `height` is 0 at the bottom and 1 at the top. */
export function wallGeometry(polygonM: readonly Vec2M[], bottomM: number, topM: number): BufferGeometry {
  const positions: number[] = [];
  const heights: number[] = [];
  polygonM.forEach(([x0, y0], i) => {
    const [x1, y1] = polygonM[(i + 1) % polygonM.length];
    positions.push(x0, y0, bottomM, x1, y1, bottomM, x1, y1, topM, x0, y0, bottomM, x1, y1, topM, x0, y0, topM);
    heights.push(0, 0, 1, 0, 1, 1);
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  geometry.setAttribute("height", new Float32BufferAttribute(heights, 1));
  return geometry;
}

/** The corners of a polygon at one height, for a line. */
export function at(polygonM: readonly Vec2M[], zM: number): [number, number, number][] {
  return polygonM.map(([x, y]) => [x, y, zM]);
}
