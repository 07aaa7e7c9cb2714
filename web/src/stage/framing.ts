/**
 * What is to be seen of a show, and the cameras that just show it.
 *
 * A camera with its eye at *e* and axes right, up, ahead sees a point *p* at the slopes x = r·(p − e) / a·(p − e) and
 * y = u·(p − e) / a·(p − e). With a focal length of *f* pixels it lands *f*·x right of and *f*·y above the middle of the free part
 * of the picture; so all points are in that part, *w* by *h* pixels, if f ≤ w / (x₁ − x₀) and f ≤ h / (y₁ − y₀), once the
 * camera is turned so that both ranges lie evenly about 0. Films are framed by the same rule and numbers (looks.ts).
 */

import { Vector3 } from "three";
import type { Vec3M } from "../wire/reader";
import { FRAMING, OPTICS } from "./looks";
import type { CoveredPx, StageShow } from "./props";

export const DEGREE = Math.PI / 180;
const LEAST_FOV = FRAMING.least_fov_deg * DEGREE;
const MOST_FOV = FRAMING.most_fov_deg * DEGREE;

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

export function forward(yaw: number, pitch: number): Vector3 {
  return new Vector3(Math.sin(yaw) * Math.cos(pitch), Math.cos(yaw) * Math.cos(pitch), Math.sin(pitch));
}

export function rightOf(yaw: number): Vector3 {
  return new Vector3(Math.cos(yaw), -Math.sin(yaw), 0);
}

/** Size of the picture and what panels cover of it, CSS pixels. */
export interface FramePx {
  widthPx: number;
  heightPx: number;
  covered: CoveredPx;
}

/** Width and height of the part that nothing covers. */
export function freePx({ widthPx, heightPx, covered }: FramePx): { w: number; h: number } {
  return { w: Math.max(widthPx - covered.right, 40), h: Math.max(heightPx - covered.top - covered.bottom, 40) };
}

/** Evenly spread over the sphere (Fibonacci's spiral). */
function directions(): Vector3[] {
  const golden = Math.PI * (3 - Math.sqrt(5));
  const length = FRAMING.directions;
  return Array.from({ length }, (_, i) => {
    const z = 1 - (2 * i + 1) / length;
    const r = Math.sqrt(1 - z * z);
    return new Vector3(r * Math.cos(golden * i), r * Math.sin(golden * i), z);
  });
}

/** Instants at which pictures stand: evenly from start to end of each formation, or all along the show if none is named. */
export function pictureInstantsMs({ show: { chapters, duration_ms } }: Pick<StageShow, "show">): number[] {
  const standing = chapters.filter(({ kind }) => kind === "formation");
  const spread = (length: number, at: (k: number) => number): number[] => Array.from({ length }, (_, k) => at(k));
  const { instants, unnamed_instants } = FRAMING;
  if (standing.length === 0) return spread(unnamed_instants, (k) => (duration_ms * (k + 0.5)) / unnamed_instants);
  return standing.flatMap(({ start_ms: a, end_ms: b }) => spread(instants, (k) => a + ((b - a) * k) / (instants - 1)));
}

/** The middle of each formation; of a show that names none, the instants at which it is looked at. */
export function middleInstantsMs(on: Pick<StageShow, "show">): number[] {
  const standing = on.show.chapters.filter(({ kind }) => kind === "formation");
  if (standing.length === 0) return pictureInstantsMs(on);
  return standing.map(({ start_ms, end_ms }) => (start_ms + end_ms) / 2);
}

/** Is the light of a vehicle on? Four bytes a vehicle. */
export const isLit = (colours: Uint8Array, vehicle: number): boolean =>
  Math.max(colours[4 * vehicle], colours[4 * vehicle + 1], colours[4 * vehicle + 2]) >= 255 * OPTICS.dark;

/** The outermost lights of all pictures of a show; of a dark show, the outermost vehicles. O(instants · vehicles). */
export function outermost(on: StageShow): Vec3M[] {
  const count = on.show.vehicle_count;
  const at = new Float32Array(3 * count);
  const colours = new Uint8Array(4 * count);
  const towards = directions();
  const found: Vec3M[] = [];
  for (const lit of [true, false]) {
    for (const tMs of pictureInstantsMs(on)) {
      on.trajectories.positions(tMs, at);
      on.lights.colours(tMs, colours);
      const shown: number[] = [];
      for (let i = 0; i < count; i++) {
        if (!lit || isLit(colours, i)) shown.push(3 * i);
      }
      if (shown.length === 0) continue;
      for (const { x, y, z } of towards) {
        let best = -Infinity;
        let outer = 0;
        for (const k of shown) {
          const along = x * at[k] + y * at[k + 1] + z * at[k + 2];
          if (along > best) {
            best = along;
            outer = k;
          }
        }
        found.push([at[outer], at[outer + 1], at[outer + 2]]);
      }
    }
    if (found.length > 0) break;
  }
  const known = new Set<string>();
  return found.filter((p) => known.size < known.add(p.join()).size);
}

interface Slopes {
  x: readonly [low: number, high: number];
  y: readonly [low: number, high: number];
}

/** Ranges of the slopes at which points are seen; those beside or behind the eye are left out. */
function slopes(eyeM: Vector3, yaw: number, pitch: number, pointsM: readonly Vec3M[]): Slopes {
  const ahead = forward(yaw, pitch);
  const right = rightOf(yaw);
  const up = new Vector3().crossVectors(right, ahead);
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const p of pointsM) {
    const v = new Vector3(...p).sub(eyeM);
    const depth = v.dot(ahead);
    if (depth <= 0.05 * v.length()) continue;
    const [x, y] = [v.dot(right) / depth, v.dot(up) / depth];
    [x0, x1, y0, y1] = [Math.min(x0, x), Math.max(x1, x), Math.min(y0, y), Math.max(y1, y)];
  }
  return x1 >= x0 ? { x: [x0, x1], y: [y0, y1] } : { x: [0, 0], y: [0, 0] };
}

export interface View {
  yaw: number;
  pitch: number;
  /** Vertical field of view of the whole picture, radians. */
  fov: number;
}

function fitted(eyeM: Vector3, from: { yaw: number; pitch: number }, pointsM: readonly Vec3M[], frame: FramePx): View {
  const { w, h } = freePx(frame);
  let { yaw, pitch } = from;
  for (let turn = 0; turn < 8; turn++) {
    const { x, y } = slopes(eyeM, yaw, pitch, pointsM);
    yaw += Math.atan((x[0] + x[1]) / 2);
    pitch = clamp(pitch + Math.atan((y[0] + y[1]) / 2), -80 * DEGREE, 80 * DEGREE);
  }
  const { x, y } = slopes(eyeM, yaw, pitch, pointsM);
  const reach = (range: readonly [number, number]): number => Math.max(Math.abs(range[0]), Math.abs(range[1]), 1e-4);
  const focalPx = FRAMING.filled * Math.min(w / 2 / reach(x), h / 2 / reach(y));
  return { yaw, pitch, fov: clamp(2 * Math.atan(frame.heightPx / 2 / focalPx), LEAST_FOV, MOST_FOV) };
}

/** The view from an eye that just shows all points, and where it costs little the ground below them. */
export function fitFrom(eyeM: Vector3, pointsM: readonly Vec3M[], frame: FramePx): View {
  const middle = new Vector3();
  for (const p of pointsM) middle.add(new Vector3(...p));
  middle.divideScalar(Math.max(pointsM.length, 1)).sub(eyeM);
  const flatM = Math.hypot(middle.x, middle.y);
  const from = { yaw: Math.atan2(middle.x, middle.y), pitch: Math.atan2(middle.z, flatM) };
  const alone = fitted(eyeM, from, pointsM, frame);
  const ground: Vec3M = [eyeM.x + middle.x, eyeM.y + middle.y, 0];
  const withGround = fitted(eyeM, from, [...pointsM, ground], frame);
  return Math.tan(withGround.fov / 2) <= FRAMING.ground_cost * Math.tan(alone.fov / 2) ? withGround : alone;
}

/** Vertical field of view that shows an angle from the left to the right end of the free part, radians. */
export function fovAcross(across: number, frame: FramePx): number {
  const focalPx = freePx(frame).w / 2 / Math.tan(across / 2);
  return clamp(2 * Math.atan(frame.heightPx / 2 / focalPx), LEAST_FOV, MOST_FOV);
}

/** Distance from a point at which a camera of this direction and vertical field of view just shows all points. */
export function fitDistanceM(targetM: Vector3, view: View, pointsM: readonly Vec3M[], frame: FramePx): number {
  const { w, h } = freePx(frame);
  const focalPx = frame.heightPx / 2 / Math.tan(view.fov / 2);
  const [wide, high] = [(FRAMING.filled * w) / 2 / focalPx, (FRAMING.filled * h) / 2 / focalPx];
  const ahead = forward(view.yaw, view.pitch);
  const right = rightOf(view.yaw);
  const up = new Vector3().crossVectors(right, ahead);
  let distanceM = 1;
  for (const p of pointsM) {
    const v = new Vector3(...p).sub(targetM);
    const needed = Math.max(Math.abs(v.dot(right)) / wide, Math.abs(v.dot(up)) / high) - v.dot(ahead);
    distanceM = Math.max(distanceM, needed);
  }
  return distanceM;
}

/** Height of the free part in metres, of a plan that just shows a box of this size in it. */
export function fitExtentM(acrossM: number, uprightM: number, frame: FramePx): number {
  const { w, h } = freePx(frame);
  return (Math.max(acrossM / w, uprightM / h, 1e-3) * h) / FRAMING.filled;
}

/** Vertical field of view of the whole picture whose free part has this one, radians: bars take nothing from the view. */
export function wholeFov(freeFov: number, frame: FramePx): number {
  return 2 * Math.atan((Math.tan(freeFov / 2) * frame.heightPx) / freePx(frame).h);
}
