// @ts-check
/**
 * The figures of the safety page for the synthetic show, in the form of `/api/v1/safety`. The timeline and the pairs are
 * sampled from the motion; a fall is a disc under the vehicle whose radius grows with its altitude.
 */

import { positionOf, separationLimit } from "./show.mjs";

/** @typedef {import("./show.mjs").Vehicle} Vehicle */

const CELL_M = 2;
/** Metres that a fall is carried sideways per metre of altitude. */
const DRIFT = 0.22;

/** Distance of a point to a polygon's outline, and whether the point is inside. @param {number[]} p @param {number[][]} polygon */
function toPolygon(p, polygon) {
  let distance = Infinity;
  let inside = false;
  polygon.forEach(([x0, y0], i) => {
    const [x1, y1] = polygon[(i + 1) % polygon.length];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const u = Math.min(1, Math.max(0, ((p[0] - x0) * dx + (p[1] - y0) * dy) / (dx * dx + dy * dy)));
    distance = Math.min(distance, Math.hypot(p[0] - x0 - u * dx, p[1] - y0 - u * dy));
    if (y0 > p[1] !== y1 > p[1] && p[0] < ((x1 - x0) * (p[1] - y0)) / (y1 - y0) + x0) inside = !inside;
  });
  return { distance, inside };
}

/** The closest pair of points, over a hash grid of cells; null when no two are within a cell of each other. @param {number[][]} points @param {number} cellM */
function closest(points, cellM) {
  /** @type {Map<string, number[]>} */
  const cells = new Map();
  /** @type {{ pair: [number, number], distance_m: number }} */
  const best = { pair: [-1, -1], distance_m: Infinity };
  points.forEach((p, i) => {
    const [cx, cy, cz] = p.map((v) => Math.floor(v / cellM));
    for (let dx = -1; dx <= 1; dx++)
      for (let dy = -1; dy <= 1; dy++)
        for (let dz = -1; dz <= 1; dz++)
          for (const j of cells.get(`${cx + dx},${cy + dy},${cz + dz}`) ?? []) {
            const distance_m = Math.hypot(...p.map((v, k) => v - points[j][k]));
            if (distance_m < best.distance_m) Object.assign(best, { pair: [j, i], distance_m });
          }
    const key = `${cx},${cy},${cz}`;
    cells.set(key, [...(cells.get(key) ?? []), i]);
  });
  return best.distance_m < Infinity ? best : null;
}

/**
 * @param {{ show: any, vehicles: Vehicle[], worst: any }} made
 * @param {{ footprint?: boolean, verdict?: "proved" | "violated" }} options
 */
export function makeSafety({ show, vehicles, worst }, { footprint = true, verdict = /** @type {"proved" | "violated"} */ ("proved") } = {}) {
  const stepMs = vehicles.length > 3000 ? 10_000 : 1000;
  const { environment, limits } = show;
  const fence = environment.geofence?.polygon_m ?? null;
  const timeline = {
    t_ms: /** @type {number[]} */ ([]),
    min_separation_m: /** @type {(number | null)[]} */ ([]),
    min_separation_pair: /** @type {(number[] | null)[]} */ ([]),
    min_ground_separation_m: /** @type {(number | null)[]} */ ([]),
    min_ground_separation_pair: /** @type {(number[] | null)[]} */ ([]),
    max_velocity_xy_m_s: /** @type {number[]} */ ([]),
    max_velocity_up_m_s: /** @type {number[]} */ ([]),
    max_velocity_down_m_s: /** @type {number[]} */ ([]),
    max_acceleration_m_s2: /** @type {number[]} */ ([]),
    fence_margin_m: /** @type {(number | null)[]} */ ([]),
    ceiling_margin_m: /** @type {number[]} */ ([]),
  };
  /** @type {{ pair: [number, number], t_ms: number, distance_m: number, limit_m: number, near_ground: boolean }[]} */
  const found = [];
  /** @type {Map<string, number>} */
  const heat = new Map();
  let reach = 0;
  const areas = [
    ...environment.audiences.map((/** @type {any} */ a) => ({ kind: "audience", ...a })),
    ...(environment.roads ?? []).map((/** @type {any} */ a) => ({ kind: "road", ...a })),
    ...environment.waters.map((/** @type {any} */ a) => ({ kind: "water", ...a })),
    ...(fence ? [{ kind: "fence", name: "", polygon_m: fence }] : []),
  ].map(({ kind, name, polygon_m }) => ({
    polygon_m,
    area: { kind, name, least_distance_m: Infinity, t_ms: 0, vehicle: 0 },
  }));

  for (let tMs = 0; tMs <= show.duration_ms; tMs += stepMs) {
    const points = vehicles.map((v) => positionOf(v, tMs));
    const before = vehicles.map((v) => positionOf(v, tMs - 100));
    const after = vehicles.map((v) => positionOf(v, tMs + 100));
    let [xy, up, down, acceleration, inside, top] = [0, 0, 0, 0, Infinity, 0];
    points.forEach((p, i) => {
      const [vx, vy, vz] = p.map((_, k) => (after[i][k] - before[i][k]) / 0.2);
      xy = Math.max(xy, Math.hypot(vx, vy));
      up = Math.max(up, vz);
      down = Math.max(down, -vz);
      acceleration = Math.max(acceleration, Math.hypot(...p.map((v, k) => (after[i][k] - 2 * v + before[i][k]) / 0.01)));
      top = Math.max(top, p[2]);
      if (fence) {
        const to = toPolygon(p, fence);
        inside = Math.min(inside, to.inside ? to.distance : -to.distance);
      }
      const radius = DRIFT * p[2];
      reach = Math.max(reach, radius);
      for (const { polygon_m, area } of areas) {
        // A whole fleet against all outlines at each instant is slow; every fifth vehicle tells enough.
        if (i % 5 !== 0) break;
        const to = toPolygon(p, polygon_m);
        const outside = area.kind === "fence" ? to.inside : !to.inside;
        const distance = (outside ? to.distance : -to.distance) - radius;
        if (distance < area.least_distance_m) Object.assign(area, { least_distance_m: distance, t_ms: tMs, vehicle: i });
      }
      if (p[2] < 0.5) return;
      const cells = [];
      for (let x = Math.floor((p[0] - radius) / CELL_M); x <= (p[0] + radius) / CELL_M; x++)
        for (let y = Math.floor((p[1] - radius) / CELL_M); y <= (p[1] + radius) / CELL_M; y++)
          if (Math.hypot((x + 0.5) * CELL_M - p[0], (y + 0.5) * CELL_M - p[1]) <= radius + CELL_M / 2) cells.push(`${x},${y}`);
      for (const cell of cells) heat.set(cell, (heat.get(cell) ?? 0) + stepMs / 1000 / cells.length);
    });
    const near = closest(points, 2);
    timeline.t_ms.push(tMs);
    // Near the ground another limit holds.
    const low = near !== null && near.pair.every((i) => points[i][2] < limits.min_navigation_altitude_m);
    const [flight, ground] = low ? [null, near] : [near, null];
    timeline.min_separation_m.push(flight?.distance_m ?? null);
    timeline.min_separation_pair.push(flight?.pair ?? null);
    timeline.min_ground_separation_m.push(ground?.distance_m ?? null);
    timeline.min_ground_separation_pair.push(ground?.pair ?? null);
    timeline.max_velocity_xy_m_s.push(xy);
    timeline.max_velocity_up_m_s.push(up);
    timeline.max_velocity_down_m_s.push(down);
    timeline.max_acceleration_m_s2.push(acceleration);
    timeline.fence_margin_m.push(fence ? inside : null);
    timeline.ceiling_margin_m.push(limits.max_altitude_m - top);
    const limitM = low ? limits.ground_separation_m : separationLimit(worst, verdict);
    if (near) found.push({ ...near, t_ms: tMs, limit_m: limitM, near_ground: low });
  }

  found.sort((a, b) => a.distance_m - a.limit_m - (b.distance_m - b.limit_m));
  const seen = new Set();
  const worstPairs = found.filter(({ pair }) => !seen.has(`${pair}`) && seen.add(`${pair}`)).slice(0, 20);
  return {
    version: 1,
    step_ms: stepMs,
    timeline,
    limits: {
      min_separation_m: separationLimit(worst, verdict),
      ground_separation_m: limits.ground_separation_m,
      max_velocity_xy_m_s: limits.max_velocity_xy_m_s,
      max_velocity_up_m_s: limits.max_velocity_up_m_s,
      max_velocity_down_m_s: limits.max_velocity_down_m_s,
      max_acceleration_m_s2: limits.max_acceleration_m_s2,
    },
    worst_pairs: worstPairs,
    footprint: footprint ? gridOf(heat, reach) : null,
    areas: areas.map(({ area }) => area),
  };
}

/** @param {Map<string, number>} heat @param {number} reach */
function gridOf(heat, reach) {
  const cells = [...heat.keys()].map((key) => key.split(",").map(Number));
  const [xs, ys] = [cells.map(([x]) => x), cells.map(([, y]) => y)];
  const least = (/** @type {number[]} */ v) => v.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (/** @type {number[]} */ v) => v.reduce((a, b) => Math.max(a, b), -Infinity);
  const [x0, y0] = [least(xs), least(ys)];
  const [columns, rows] = [most(xs) - x0 + 1, most(ys) - y0 + 1];
  const vehicleSeconds = new Array(columns * rows).fill(0);
  for (const [key, value] of heat) {
    const [x, y] = key.split(",").map(Number);
    vehicleSeconds[(y - y0) * columns + (x - x0)] = Math.round(value * 1000) / 1000;
  }
  return {
    cell_m: CELL_M,
    origin_m: [x0 * CELL_M, y0 * CELL_M],
    columns,
    rows,
    vehicle_seconds: vehicleSeconds,
    reach_m: reach,
  };
}
