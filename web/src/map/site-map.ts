/** The geometry of the map: what it shows, in metres of the site, and how it moves. */

import type { Vec2M } from "../wire/reader";
import type { SafetyFootprint } from "../wire/safety";
import type { Environment } from "../wire/show";

/** A rectangle of the site, metres. */
export interface Box {
  left: number;
  right: number;
  near: number;
  far: number;
}

/** What a map shows: the middle, and how many metres a pixel is. */
export interface MapView {
  xM: number;
  yM: number;
  mPerPx: number;
}

const LEAST_M_PER_PX = 0.02;
const MOST_M_PER_PX = 20;

/** The rectangle around all points; null without any. */
export function boxAround(points: readonly Vec2M[]): Box | null {
  if (points.length === 0) return null;
  const box: Box = { left: Infinity, right: -Infinity, near: Infinity, far: -Infinity };
  for (const [x, y] of points) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.near = Math.min(box.near, y);
    box.far = Math.max(box.far, y);
  }
  return box;
}

/** The part of a polygon that is in a rectangle (Sutherland and Hodgman: one side after the other). */
export function clip(polygonM: readonly Vec2M[], box: Box): Vec2M[] {
  const sides: readonly [axis: 0 | 1, at: number, sign: 1 | -1][] = [
    [0, box.left, 1],
    [0, box.right, -1],
    [1, box.near, 1],
    [1, box.far, -1],
  ];
  return sides.reduce<Vec2M[]>((polygon, [axis, at, sign]) => {
    const depth = (p: Vec2M): number => sign * (p[axis] - at);
    return polygon.flatMap((b, i) => {
      const a = polygon[(i + polygon.length - 1) % polygon.length];
      const [da, db] = [depth(a), depth(b)];
      const crossing = da < 0 === db < 0 ? [] : [mix(a, b, da / (da - db))];
      return db < 0 ? crossing : [...crossing, b];
    });
  }, [...polygonM]);
}

const mix = (a: Vec2M, b: Vec2M, u: number): Vec2M => [a[0] + u * (b[0] - a[0]), a[1] + u * (b[1] - a[1])];

/** The centre of a polygon's area; null when it has none. */
export function centroid(polygonM: readonly Vec2M[]): Vec2M | null {
  let [twice, x, y] = [0, 0, 0];
  polygonM.forEach(([bx, by], i) => {
    const [ax, ay] = polygonM[(i + polygonM.length - 1) % polygonM.length];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  });
  return Math.abs(twice) > 1e-9 ? [x / (3 * twice), y / (3 * twice)] : null;
}

/**
 * What the map has to show at first: pads, footprint, fence and audiences. Waters and roads may reach far beyond and are
 * cut off.
 */
export function boxOfSite(environment: Environment, pads: readonly Vec2M[], footprint: SafetyFootprint | null): Box {
  const points: Vec2M[] = [...pads, ...(environment.geofence?.polygon_m ?? []), ...environment.audiences.flatMap((a) => a.polygon_m)];
  const covered = footprint && boxOfHeat(footprint);
  if (covered) points.push([covered.left, covered.near], [covered.right, covered.far]);
  return boxAround(points) ?? { left: -50, right: 50, near: -50, far: 50 };
}

/** The rectangle of the cells that have a value; null when none has. */
export function boxOfHeat({ cell_m, origin_m, columns, vehicle_seconds }: SafetyFootprint): Box | null {
  const box: Box = { left: Infinity, right: -Infinity, near: Infinity, far: -Infinity };
  vehicle_seconds.forEach((value, i) => {
    if (!(value > 0)) return;
    const x = origin_m[0] + (i % columns) * cell_m;
    const y = origin_m[1] + Math.floor(i / columns) * cell_m;
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + cell_m);
    box.near = Math.min(box.near, y);
    box.far = Math.max(box.far, y + cell_m);
  });
  return box.left < box.right ? box : null;
}

/** The view in which a rectangle fills a map of so many pixels, with a margin around. */
export function fitBox(box: Box, widthPx: number, heightPx: number, marginPx = 26): MapView {
  const across = Math.max(box.right - box.left, 10) / Math.max(widthPx - 2 * marginPx, 10);
  const along = Math.max(box.far - box.near, 10) / Math.max(heightPx - 2 * marginPx, 10);
  return { xM: (box.left + box.right) / 2, yM: (box.near + box.far) / 2, mPerPx: Math.max(across, along) };
}

/** Nearer (factor below 1) or farther, so that the point under the pixel (from the middle, y down) stays where it is. */
export function zoomView(view: MapView, factor: number, fromMiddlePx: Vec2M = [0, 0]): MapView {
  const mPerPx = Math.min(Math.max(view.mPerPx * factor, LEAST_M_PER_PX), MOST_M_PER_PX);
  const gain = view.mPerPx - mPerPx;
  return { xM: view.xM + fromMiddlePx[0] * gain, yM: view.yM - fromMiddlePx[1] * gain, mPerPx };
}

/** Point of the site under a pixel, counted from the middle, y down. */
export function pointAt(view: MapView, fromMiddlePx: Vec2M): [number, number] {
  return [view.xM + fromMiddlePx[0] * view.mPerPx, view.yM - fromMiddlePx[1] * view.mPerPx];
}

/** A closed outline for an SVG path, in metres. */
export function outline(polygonM: readonly Vec2M[]): string {
  return `M${polygonM.map(([x, y]) => `${round(x)} ${round(y)}`).join("L")}Z`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** The greatest 1, 2 or 5 times a power of ten that is not above `value`. */
export function niceBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}

/** Distances of the rings around the fence: three that fit the size of the site. */
export function ringDistances(box: Box): number[] {
  const step = niceBelow(Math.max(box.right - box.left, box.far - box.near) / 12);
  return [step, 2 * step, 4 * step];
}
