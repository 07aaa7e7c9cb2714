// @ts-check
/** A synthetic show in exactly the form that the server gives. Deterministic: same count, same bytes. */

import { createHash } from "node:crypto";
import { blossom, hueColour, kapokWord, lattice, letterF, sphere } from "./formations.mjs";

/** @typedef {{ endMs: number, control: number[][] }} Segment control points after the start of the segment */
/** @typedef {{ tMs: number, rgb: number[], fade: boolean }} LightKey */
/** @typedef {{ name: string, home: number[], startMs: number, start: number[], segments: Segment[], lights: LightKey[] }} Vehicle */

const TAKEOFF_MS = 24_000;
const TRANSITION_MS = 16_000;
const HOLD_MS = 24_000;
const LANDING_MS = 26_000;

/** A small deterministic generator of numbers from 0 to 1. @param {number} seed */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** A straight way that starts and ends at rest, as a Bézier piece of the given degree. @param {number[]} a @param {number[]} b @param {number} degree */
function straight(a, b, degree) {
  return Array.from({ length: degree }, (_, k) => (k + 1 <= degree / 2 ? a : b));
}

/** Position by de Casteljau's scheme, from the definition; slow. @param {Vehicle} vehicle @param {number} tMs @returns {number[]} */
export function positionOf(vehicle, tMs) {
  let point = vehicle.start;
  let beginMs = vehicle.startMs;
  if (tMs <= beginMs) return point;
  for (const { endMs, control } of vehicle.segments) {
    if (tMs <= endMs) {
      const u = (tMs - beginMs) / (endMs - beginMs);
      let row = [point, ...control];
      while (row.length > 1) row = row.slice(1).map((q, i) => q.map((v, k) => row[i][k] + u * (v - row[i][k])));
      return row[0];
    }
    point = control[control.length - 1];
    beginMs = endMs;
  }
  return point;
}

/** Gives each vehicle a place: both sides are cut into columns by x and ordered by y and z in them. @param {number[][]} from @param {number[][]} to */
function assign(from, to) {
  const columns = Math.max(1, Math.round(Math.sqrt(from.length) / 2));
  /** @param {number[][]} points */
  const order = (points) => {
    const byX = points.map((_, i) => i).sort((a, b) => points[a][0] - points[b][0] || a - b);
    const size = Math.ceil(points.length / columns);
    const sorted = [];
    for (let at = 0; at < byX.length; at += size) {
      sorted.push(...byX.slice(at, at + size).sort((a, b) => points[a][2] - points[b][2] || points[a][1] - points[b][1] || a - b));
    }
    return sorted;
  };
  const [a, b] = [order(from), order(to)];
  const place = new Array(from.length);
  a.forEach((vehicle, rank) => (place[vehicle] = b[rank]));
  return place;
}

/**
 * A wall of two prisms under one name, as a mesh becomes, before the left half of the sky; and a second audience with a field of
 * view of its own.
 */
const SCENERY = {
  keep_outs: [0, 60].map((bottom_m) => ({
    name: "Wall",
    shape: { kind: "prism", polygon_m: [[-140, -104], [0, -104], [0, -100], [-140, -100]], bottom_m: bottom_m === 0 ? -80 : bottom_m, top_m: bottom_m + 60 },
  })),
  audiences: [{ name: "Hill", polygon_m: [], eye_m: [300, -40, 30], look_at_m: [0, 0, 60], fov_deg: 50 }],
};

/** @param {number} count */
function environment(count) {
  const random = randomFrom(7);
  const landmarks = [
    {
      name: "Tower",
      centre_m: [-190, 520],
      shape: {
        kind: "hyperboloid-tower",
        base_radii_m: [40, 30],
        top_radii_m: [27, 20.25],
        twist_deg: 110,
        body_height_m: 454,
        total_height_m: 600,
        columns: 24,
        rings: 46,
      },
    },
  ];
  for (let i = 0; i < 90; i++) {
    const x = -1100 + (2200 * (i % 30)) / 29 + 30 * (random() - 0.5);
    const y = 470 + 110 * Math.floor(i / 30) + 40 * random();
    const height = 24 + 110 * random() ** 2.2 + (i % 30 > 18 ? 50 * random() : 0);
    if (Math.hypot(x + 190, y - 520) < 130) continue;
    landmarks.push({
      name: `Block ${i + 1}`,
      centre_m: [x, y],
      // @ts-expect-error landmarks of another kind
      shape: { kind: "block", size_m: [26 + 26 * random(), 22 + 20 * random(), height] },
    });
  }
  const half = Math.max(170, Math.sqrt(count) * 2.4);
  return {
    geofence: { polygon_m: [[-half, -84], [half, -84], [half, 130], [half * 0.4, 165], [-half, 130]], holes_m: [[[-half * 0.9, 60], [-half * 0.72, 60], [-half * 0.72, 104], [-half * 0.9, 104]]] },
    keep_outs: [
      { name: "Tower", shape: { kind: "cylinder", centre_m: [-190, 520], radius_m: 70, bottom_m: 0, top_m: 610 } },
      { name: "Stage roof", shape: { kind: "prism", polygon_m: [[96, 90], [128, 90], [128, 124], [96, 124]], bottom_m: 0, top_m: 22 } },
    ],
    audiences: [
      { name: "Square", polygon_m: [[-120, -310], [120, -310], [120, -228], [-120, -228]], eye_m: [14, -250, 7], look_at_m: [0, 0, 74] },
    ],
    waters: [{ name: "Pearl River", polygon_m: [[-2600, -190], [-700, -210], [0, -216], [2600, -190], [2600, -60], [900, -86], [-200, -90], [-2600, -40]] }],
    roads: [{ name: "Linjiang Avenue", polygon_m: [[-1500, 196], [1500, 182], [1500, 198], [-1500, 212]] }],
    landmarks,
  };
}

/**
 * Builds the show; a bare one has no fence, no audience and nothing else around it; `scenery` adds a wall and a second audience.
 * @param {number} count @param {{ bare?: boolean, scenery?: boolean, indoor?: boolean }} options
 * @returns {{ vehicles: Vehicle[], show: any, trajectories: Buffer, separationPerSecond: (number | null)[], worst: any }}
 */
export function makeShow(count, { bare = false, scenery = false, indoor = false } = {}) {
  const side = Math.ceil(Math.sqrt(count * 1.6));
  const pitch = 1.5;
  const homes = Array.from({ length: count }, (_, i) => [
    ((i % side) - (side - 1) / 2) * pitch,
    (Math.floor(i / side) - (Math.ceil(count / side) - 1) / 2) * pitch - 30,
    0,
  ]);
  /** @type {Vehicle[]} */
  const vehicles = homes.map((home, i) => ({ name: `K${String(i + 1).padStart(4, "0")}`, home, startMs: 0, start: home, segments: [], lights: [] }));
  /** @type {{ name: string, kind: string, start_ms: number, end_ms: number }[]} */
  const chapters = [];

  const places = homes.map(([x, y], i) => [x, y, 12 + 4 * (i % 3)]);
  let now = homes.map((p) => p);
  let tMs = 0;
  const chapter = (/** @type {string} */ name, /** @type {string} */ kind, /** @type {number} */ lengthMs) => {
    chapters.push({ name, kind, start_ms: tMs, end_ms: tMs + lengthMs });
    tMs += lengthMs;
  };
  /** @param {number[][]} target @param {number} lengthMs @param {number} degree */
  const fly = (target, lengthMs, degree) => {
    // Starts are staggered, so that two vehicles that change places do not meet half way.
    vehicles.forEach((v, i) => {
      const delayMs = 200 + Math.round(((i * 0.618034) % 1) * 3000);
      v.segments.push({ endMs: tMs + delayMs, control: [now[i]] });
      v.segments.push({ endMs: tMs + lengthMs, control: straight(now[i], target[i], degree) });
    });
    now = target;
  };

  vehicles.forEach((v) => v.segments.push({ endMs: 4000, control: [v.home] }));
  chapters.push({ name: "Take-off", kind: "takeoff", start_ms: 0, end_ms: TAKEOFF_MS });
  tMs = TAKEOFF_MS;
  vehicles.forEach((v, i) => v.segments.push({ endMs: tMs, control: straight(now[i], places[i], 5) }));
  now = places;
  vehicles.forEach((v) => v.lights.push({ tMs: 5000, rgb: [40, 60, 110], fade: true }));

  const scenes = [
    { name: "Letter F", make: letterF, degree: 7, running: false },
    { name: "Kapok", make: kapokWord, degree: 3, running: false },
    { name: "Blossom", make: blossom, degree: 5, running: false },
    { name: "Tower", make: lattice, degree: 7, running: true },
    { name: "Sphere", make: sphere, degree: 4, running: false },
  ];
  for (const scene of scenes) {
    const lit = scene.make(count);
    const target = lit.map(({ p }) => p);
    for (let k = 0; target.length < count; k++) target.push([((k % 40) - 19.5) * 3, 60 + 3 * Math.floor(k / 40), 8]);
    const place = assign(now, target);
    const from = tMs;
    chapter(`to ${scene.name}`, "transition", TRANSITION_MS);
    vehicles.forEach((v) => v.lights.push({ tMs: from + 2500, rgb: [0, 0, 0], fade: true }));
    const goal = place.map((at) => target[at]);
    tMs = from;
    fly(goal, TRANSITION_MS, scene.degree);
    tMs = from + TRANSITION_MS;
    vehicles.forEach((v, i) => {
      v.lights.push({ tMs: tMs - 3000, rgb: [0, 0, 0], fade: false });
      let rgb = lit[place[i]]?.rgb ?? [0, 0, 0];
      v.lights.push({ tMs: tMs - 500, rgb, fade: true });
      if (scene.running && place[i] < lit.length) {
        for (let s = 0; s < HOLD_MS; s += 2000) {
          rgb = hueColour(0.55 + goal[i][2] / 260 + s / 9000);
          v.lights.push({ tMs: tMs + s, rgb, fade: true });
        }
      }
      v.lights.push({ tMs: tMs + HOLD_MS, rgb, fade: false });
      v.segments.push({ endMs: tMs + HOLD_MS, control: [goal[i]] });
    });
    chapter(scene.name, "formation", HOLD_MS);
  }

  const place = assign(now, places);
  const overhead = place.map((at) => places[at]);
  const from = tMs;
  vehicles.forEach((v) => v.lights.push({ tMs: from + 3000, rgb: [30, 40, 70], fade: true }));
  chapter("to landing", "transition", TRANSITION_MS);
  tMs = from;
  fly(overhead, TRANSITION_MS, 6);
  tMs = from + TRANSITION_MS;
  vehicles.forEach((v, i) => {
    v.segments.push({ endMs: tMs + LANDING_MS, control: straight(now[i], homes[place[i]], 2) });
    v.lights.push({ tMs: tMs + LANDING_MS, rgb: [0, 0, 0], fade: true });
  });
  chapter("Landing", "landing", LANDING_MS);

  const trajectories = encode(vehicles);
  const show = {
    version: 1,
    standing: "judged",
    title: `Synthetic show of ${count}`,
    file: { name: `synthetic-${count}.skyc`, sha256: createHash("sha256").update(trajectories).digest("hex"), bytes: trajectories.length },
    vehicle_count: count,
    duration_ms: tMs,
    site: { origin: { latitude_deg: 23.1135, longitude_deg: 113.3191, amsl_m: 7 }, heading_deg: 172 },
    environment: bare ? { keep_outs: [], audiences: [], waters: [], landmarks: [] } : environment(count),
    limits: {
      min_separation_m: 0.6,
      downwash_scale: 1,
      ground_separation_m: 0.4,
      max_velocity_xy_m_s: 30,
      max_velocity_up_m_s: 18,
      max_velocity_down_m_s: 18,
      max_acceleration_m_s2: 24,
      max_jerk_m_s3: 8,
      max_altitude_m: 120,
      min_navigation_altitude_m: 2.5,
      max_wind_m_s: 8,
      battery_reserve: 0.2,
    },
    profile: { name: "Synthetic quad", mass_kg: 0.68, diameter_m: 0.3, endurance_s: 1080 },
    chapters,
    readings: [
      { scene: "Letter F", score: 0.93, is_readable: true, count_needed: null },
      { scene: "Kapok", score: 0.62, is_readable: false, count_needed: 1200 },
      { scene: "Blossom", score: 0.71, is_readable: false, count_needed: null },
    ],
    vehicles: vehicles.map(({ name, home }) => ({ name, home_m: home })),
  };
  /** @type {any} */
  const around = show.environment;
  if (scenery) {
    around.keep_outs.push(...SCENERY.keep_outs);
    around.audiences.push(...SCENERY.audiences);
  }
  if (indoor) around.indoor = true;
  return { vehicles, show, trajectories, ...separation(vehicles, tMs) };
}

/** Least distances at whole seconds, over a hash grid; for large fleets only of every twentieth second. @param {Vehicle[]} vehicles @param {number} durationMs */
function separation(vehicles, durationMs) {
  const cellM = 2;
  const everyS = vehicles.length > 3000 ? 20 : 1;
  /** @type {(number | null)[]} */
  const separationPerSecond = [];
  /** @type {any} */
  let worst = null;
  for (let second = 0; second * 1000 <= durationMs; second++) {
    if (second % everyS !== 0) {
      separationPerSecond.push(null);
      continue;
    }
    const points = vehicles.map((v) => positionOf(v, second * 1000));
    /** @type {Map<string, number[]>} */
    const cells = new Map();
    let best = Infinity;
    points.forEach((p, i) => {
      const [cx, cy, cz] = p.map((v) => Math.floor(v / cellM));
      for (let dx = -1; dx <= 1; dx++)
        for (let dy = -1; dy <= 1; dy++)
          for (let dz = -1; dz <= 1; dz++)
            for (const j of cells.get(`${cx + dx},${cy + dy},${cz + dz}`) ?? []) {
              const q = points[j];
              const d = Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
              if (d < best) best = d;
              const airborne = p[2] > 2.5 || q[2] > 2.5;
              if (airborne && (worst === null || d < worst.value)) {
                worst = {
                  value: d,
                  t_ms: second * 1000,
                  vehicles: [j, i].map((index) => ({ index, name: vehicles[index].name })),
                  positions_m: [q, p],
                };
              }
            }
      const key = `${cx},${cy},${cz}`;
      cells.set(key, [...(cells.get(key) ?? []), i]);
    });
    separationPerSecond.push(Number.isFinite(best) ? best : null);
  }
  return { separationPerSecond, worst };
}

/** The separation that a certificate of the wanted verdict asks for. @param {any} worst @param {"proved" | "violated"} verdict */
export function separationLimit(worst, verdict) {
  return verdict === "proved" ? Math.floor(worst.value * 900) / 1000 : Math.ceil(worst.value * 1300) / 1000;
}

/** A certificate of the wanted verdict. Only separation is computed; the other findings are made up. @param {ReturnType<typeof makeShow>} made @param {"proved" | "violated"} verdict */
export function makeCertificate(made, verdict) {
  const { show, worst, vehicles, separationPerSecond } = made;
  const limit = separationLimit(worst, verdict);
  const at = (/** @type {number} */ index, /** @type {number} */ tMs, /** @type {number} */ value) => ({
    value,
    t_ms: tMs,
    vehicles: [{ index, name: vehicles[index].name }],
    positions_m: [positionOf(vehicles[index], tMs)],
  });
  const rule = (/** @type {string} */ name, /** @type {string} */ title, /** @type {number} */ value, /** @type {string} */ unit, /** @type {any} */ found) => ({
    rule: name,
    title,
    limit: { value, unit },
    verdict: "proved",
    worst: found,
    margin: found === null ? null : Math.abs(value - found.value),
    detail: "",
    violations: 0,
    witnesses: [],
  });
  const separationRule = {
    ...rule("separation", "Separation in flight", limit, "m", worst),
    verdict,
    margin: worst.value - limit,
    detail: "Continuous time, every pair.",
    violations: verdict === "violated" ? 3 : 0,
    witnesses: verdict === "violated" ? [at(5, 41_000, worst.value * 1.1), at(9, 72_500, worst.value * 1.2)] : [],
  };
  const last = vehicles.length - 1;
  const loss = (/** @type {string} */ mode, /** @type {number} */ horizonS, /** @type {any} */ figure, /** @type {number[] | null} */ found) => ({
    mode,
    horizon_s: horizonS,
    left_m: 0,
    touches: false,
    cut_short: false,
    ...figure,
    worst:
      found && found[0] <= last && found[1] <= last
        ? {
            lost: { index: found[0], name: vehicles[found[0]].name },
            other: { index: found[1], name: vehicles[found[1]].name },
            t_ms: found[2],
            after_s: found[3],
            distance_m: found[4],
          }
        : null,
  });
  return {
    schema: "kapok-certificate/1",
    checker: { name: "kapok-mock", version: "0.1.0" },
    file: show.file,
    vehicle_sha256: vehicles.map(({ name }) => createHash("sha256").update(name).digest("hex")),
    assumptions: ["Between two rows of the table a vehicle moves in a straight line."],
    title: show.title,
    vehicle_count: show.vehicle_count,
    duration_ms: show.duration_ms,
    limits: { ...show.limits, min_separation_m: limit },
    limit_sources: Object.fromEntries(
      Object.keys(show.limits).map((name) => [name, name === "max_wind_m_s" ? "default" : name === "ground_separation_m" ? "flag" : "file"]),
    ),
    verdict,
    rules: [
      separationRule,
      rule("ground_separation", "Separation near the ground", 0.4, "m", at(0, 0, 1.5)),
      rule("velocity_xy", "Horizontal speed", show.limits.max_velocity_xy_m_s, "m/s", at(12 % (last + 1), 72_000, 11.42)),
      rule("velocity_up", "Climb speed", show.limits.max_velocity_up_m_s, "m/s", at(31 % (last + 1), 32_000, 7.031)),
      rule("velocity_down", "Descent speed", show.limits.max_velocity_down_m_s, "m/s", at(44 % (last + 1), 112_000, 6.9)),
      rule("acceleration", "Acceleration", show.limits.max_acceleration_m_s2, "m/s²", at(12 % (last + 1), 68_000, 4.113)),
      rule("altitude", "Altitude", show.limits.max_altitude_m, "m", at(last, 160_000, 116.04)),
      show.environment.geofence
        ? rule("geofence", "Inside the geofence", 0, "m", at(last, 130_000, 48.2))
        : { ...rule("geofence", "Inside the geofence", 0, "m", null), verdict: "not-applicable", limit: null, detail: "The show has no geofence." },
      ...(show.environment.audiences.length > 0 ? [rule("fall_on_audience", "A failing vehicle falls clear of the audience", 0, "m", at(last, 200_000, 171.4))] : []),
      { ...rule("energy", "Battery", 864, "s", at(last, show.duration_ms, show.duration_ms / 1000)), detail: "All vehicles land with at least 20 % of 1080 s of endurance left." },
      { ...rule("keep_out", "Clear of keep-out volumes", 0, "m", null), verdict: "not-applicable", limit: null, detail: "No vehicle comes near." },
    ],
    separation_per_second_m: separationPerSecond,
    ground_separation_per_second_m: separationPerSecond.map(() => null),
    return_entries: Array.from({ length: 12 }, (_, i) => ({
      time_s: 10 + 20 * i,
      verdict: verdict === "violated" && i === 4 ? "violated" : "proved",
      min_separation_m: i % 3 === 0 ? null : 1.7 + 0.05 * i,
      worst: null,
      detail: verdict === "violated" && i === 4 ? "Two vehicles come closer than 1.5 m on their returns to home." : "",
    })),
    failure: {
      wind_m_s: 8,
      ground_m: 0,
      largest_reach_m: 34.2,
      water: null,
      gnss_reaction_s: 3,
      one_lost: [
        loss("stops", 3, { untouched_s: 0.738, touches: true }, [...worst.vehicles.map((/** @type {any} */ v) => v.index), worst.t_ms - 743.5, 0.744, 0.298]),
        loss("drifts", 3, { untouched_s: 3, left_m: 1.75 }, [2, 3, 87_400, 2.996, 1.84]),
        loss("falls", 7.301, { untouched_s: 0.04, cut_short: true }, null),
      ],
      sectors: ["north", "east", "south", "west"].map((sector, i) => ({
        sector,
        vehicles: Math.ceil(vehicles.length / 4),
        drift_m: 61.5 + i,
        fence_left_m: show.environment.geofence ? 14 - 6 * i : null,
        audience_left_m: show.environment.audiences.length > 0 ? 120 + i : null,
        others_left_m: i === 3 ? null : i === 0 ? 0 : 0.4 + i,
        ...(i === 3
          ? {}
          : {
              others:
                i === 0
                  ? loss("drifts", 3, { untouched_s: 1.2, touches: true }, [4, 9, 101_000, 1.216, 0.28])
                  : loss("drifts", 3, { untouched_s: 3, left_m: 0.4 + i }, i === 1 ? [5, 6, 93_000, 2.9, 1.62] : null),
            }),
        first_contact_s: i > 2 ? 22.5 : null,
      })),
      wind: { needed_airspeed_m_s: 13.2, needed_tilt_deg: 24, airspeed_at_max_tilt_m_s: 16.9, reserve_m_s: 3.7 },
    },
  };
}

/** The "KPK1" bytes. @param {Vehicle[]} vehicles @returns {Buffer} */
export function encode(vehicles) {
  const segments = vehicles.flatMap((v) => v.segments);
  const points = vehicles.flatMap((v) => [v.start, ...v.segments.flatMap((s) => s.control)]);
  const lights = vehicles.flatMap((v) => v.lights);
  const n = vehicles.length;
  const degreeBytes = Math.ceil(segments.length / 4) * 4;
  const bytes = Buffer.alloc(24 + 12 * (n + 1) + 4 * n + 4 * segments.length + degreeBytes + 12 * points.length + 8 * lights.length);
  let at = 0;
  const u32 = (/** @type {number} */ v) => (at = bytes.writeUInt32LE(v, at));
  const i32 = (/** @type {number} */ v) => (at = bytes.writeInt32LE(v, at));
  const offsets = (/** @type {(v: Vehicle) => number} */ size) => {
    let sum = 0;
    u32(0);
    for (const v of vehicles) u32((sum += size(v)));
  };
  for (const v of [0x314b504b, 1, n, segments.length, points.length, lights.length]) u32(v);
  offsets((v) => v.segments.length);
  offsets((v) => 1 + v.segments.reduce((sum, s) => sum + s.control.length, 0));
  offsets((v) => v.lights.length);
  for (const v of vehicles) i32(v.startMs);
  for (const s of segments) i32(s.endMs);
  segments.forEach((s, i) => bytes.writeUInt8(s.control.length, at + i));
  at += degreeBytes;
  for (const p of points) for (const v of p) at = bytes.writeFloatLE(v, at);
  for (const key of lights) i32(key.tMs);
  for (const key of lights) {
    for (const v of [...key.rgb, key.fade ? 1 : 0]) at = bytes.writeUInt8(v, at);
  }
  return bytes;
}
