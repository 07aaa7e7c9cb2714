/** The answers of the server, fetched and checked. */

import { decodeFleet, type Fleet } from "./fleet";
import { MalformedAnswer, Reader } from "./reader";
import { readSafety, type Safety } from "./safety";
import { LOSS_MODES } from "./types";
import type {
  Certificate,
  Environment,
  Failure,
  KeepOutShape,
  LandmarkShape,
  Limits,
  LossCase,
  LossFigure,
  Show,
  Vec2M,
  Vec3M,
  Witness,
} from "./types";

/** Something is wrong with the connection or with the data; `message` says what, `remedy` what to do about it. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** Where the server answers, relative to the page; `API` of the room `server` says the same. */
export const API = "api/v1";

const RESTART = "Start the viewer again with `kapok view FILE`, then reload this page.";
const UPDATE = "The server and this page do not fit together. Rebuild both from the same version of Kapok.";

async function get(name: string): Promise<Response> {
  try {
    return await fetch(`${API}/${name}`, { cache: "no-store" });
  } catch {
    throw new ApiError("The Kapok server does not answer.", RESTART);
  }
}

/** What a refusal says: its `detail`, or the text of whatever stands between page and server. */
function refusalText(body: string): string {
  try {
    const { detail } = JSON.parse(body) as { detail?: unknown };
    if (typeof detail === "string") return detail;
  } catch {
    // No JSON: shown as it is.
  }
  return body;
}

async function requireOk(response: Response, name: string): Promise<Response> {
  if (response.ok) return response;
  const text = refusalText(await response.text().catch(() => "")).trim().slice(0, 400);
  throw new ApiError(`The server answered ${response.status} to /${API}/${name}${text ? `: ${text}` : "."}`, RESTART);
}

/** Reads the body with `read`, and turns whatever goes wrong into a sentence. */
async function parse<T>(response: Response, name: string, read: (response: Response) => Promise<T>): Promise<T> {
  try {
    return await read(response);
  } catch (error) {
    if (error instanceof MalformedAnswer) throw new ApiError(`Bad data from /${API}/${name}: ${error.message}.`, UPDATE);
    if (error instanceof SyntaxError) throw new ApiError(`The answer to /${API}/${name} is not JSON.`, UPDATE);
    throw new ApiError(`The answer to /${API}/${name} broke off before its end.`, RESTART);
  }
}

const point2 = (r: Reader): Vec2M => r.vector(2) as unknown as Vec2M;
const point3 = (r: Reader): Vec3M => r.vector(3) as unknown as Vec3M;
const polygon = (r: Reader): Vec2M[] => {
  const points = r.list(point2);
  return points.length >= 3 ? points : r.fail("a polygon of three points or more");
};

function readKeepOutShape(r: Reader): KeepOutShape {
  const bottom_m = r.field("bottom_m").number();
  const top_m = r.field("top_m").number();
  return r.field("kind").oneOf(["cylinder", "prism"]) === "cylinder"
    ? { kind: "cylinder", centre_m: point2(r.field("centre_m")), radius_m: r.field("radius_m").number(), bottom_m, top_m }
    : { kind: "prism", polygon_m: polygon(r.field("polygon_m")), bottom_m, top_m };
}

function readLandmarkShape(r: Reader): LandmarkShape {
  if (r.field("kind").oneOf(["hyperboloid-tower", "block"]) === "block") {
    return { kind: "block", size_m: point3(r.field("size_m")) };
  }
  return {
    kind: "hyperboloid-tower",
    base_radii_m: point2(r.field("base_radii_m")),
    top_radii_m: point2(r.field("top_radii_m")),
    twist_deg: r.field("twist_deg").number(),
    body_height_m: r.field("body_height_m").number(),
    total_height_m: r.field("total_height_m").number(),
    columns: r.field("columns").count(),
    rings: r.field("rings").count(),
  };
}

function readEnvironment(r: Reader): Environment {
  return {
    geofence: r.field("geofence").orNull((g) => ({
      polygon_m: polygon(g.field("polygon_m")),
      holes_m: g.field("holes_m").listOrEmpty(polygon),
    })),
    keep_outs: r.field("keep_outs").listOrEmpty((k) => ({
      name: k.field("name").string(),
      shape: readKeepOutShape(k.field("shape")),
    })),
    audiences: r.field("audiences").listOrEmpty((a) => ({
      name: a.field("name").string(),
      polygon_m: polygon(a.field("polygon_m")),
      eye_m: point3(a.field("eye_m")),
      look_at_m: point3(a.field("look_at_m")),
    })),
    waters: r.field("waters").listOrEmpty((w) => ({
      name: w.field("name").string(),
      polygon_m: polygon(w.field("polygon_m")),
    })),
    roads: r.field("roads").listOrEmpty((w) => ({
      name: w.field("name").string(),
      polygon_m: polygon(w.field("polygon_m")),
    })),
    landmarks: r.field("landmarks").listOrEmpty((l) => ({
      name: l.field("name").string(),
      centre_m: point2(l.field("centre_m")),
      shape: readLandmarkShape(l.field("shape")),
    })),
  };
}

const yawRate = (r: Reader): Pick<Limits, "max_yaw_rate_deg_s"> => (r.absent ? {} : { max_yaw_rate_deg_s: r.number() });

/** Checks and types the answer to `show`. Throws {@link MalformedAnswer}. */
export function readShow(json: unknown): Show {
  const r = new Reader(json, "show");
  const numbers = <K extends string>(from: Reader, names: readonly K[]): Record<K, number> =>
    Object.fromEntries(names.map((name) => [name, from.field(name).number()])) as Record<K, number>;
  const site = r.field("site");
  const profile = r.field("profile");
  const show: Show = {
    title: r.field("title").string(),
    file: {
      name: r.field("file").field("name").string(),
      sha256: r.field("file").field("sha256").string(),
      bytes: r.field("file").field("bytes").count(),
    },
    vehicle_count: r.field("vehicle_count").count(),
    duration_ms: r.field("duration_ms").count(),
    site: {
      origin: numbers(site.field("origin"), ["latitude_deg", "longitude_deg", "amsl_m"]),
      heading_deg: site.field("heading_deg").number(),
    },
    environment: readEnvironment(r.field("environment")),
    limits: {
      ...numbers(r.field("limits"), [
        "min_separation_m",
        "downwash_scale",
        "ground_separation_m",
        "max_velocity_xy_m_s",
        "max_velocity_up_m_s",
        "max_velocity_down_m_s",
        "max_acceleration_m_s2",
        "max_jerk_m_s3",
        "max_altitude_m",
        "min_navigation_altitude_m",
        "max_wind_m_s",
        "battery_reserve",
      ]),
      ...yawRate(r.field("limits").field("max_yaw_rate_deg_s")),
    },
    profile: {
      name: profile.field("name").string(),
      ...numbers(profile, ["mass_kg", "diameter_m", "endurance_s"]),
    },
    chapters: r.field("chapters").listOrEmpty((c) => ({
      name: c.field("name").string(),
      kind: c.field("kind").oneOf(["takeoff", "transition", "formation", "landing"]),
      start_ms: c.field("start_ms").number(),
      end_ms: c.field("end_ms").number(),
    })),
    vehicles: r.field("vehicles").list((v) => ({ name: v.field("name").string(), home_m: point3(v.field("home_m")) })),
  };
  if (show.vehicles.length !== show.vehicle_count) {
    r.field("vehicles").fail(`${show.vehicle_count} vehicles`);
  }
  return show;
}

function readWitness(r: Reader): Witness {
  return {
    value: r.field("value").number(),
    bound: r.field("bound").orNull((b) => b.number()),
    t_ms: r.field("t_ms").number(),
    vehicles: r.field("vehicles").listOrEmpty((v) => ({
      index: v.field("index").count(),
      name: v.field("name").string(),
    })),
    positions_m: r.field("positions_m").listOrEmpty(point3),
  };
}

/** The hash in a certificate's `file`, which is an object with the hash or the hash itself. */
function readFileHash(file: Reader): string {
  if (file.absent) return "";
  if (typeof file.value === "string") return /^[0-9a-f]{64}$/i.test(file.value) ? file.value : "";
  return file.field("sha256").orNull((h) => h.string()) ?? "";
}

const numberOrNull = (r: Reader): number | null => r.orNull((n) => n.number());

function readLossCase(r: Reader): LossCase {
  const vehicle = (v: Reader): LossCase["lost"] => ({ index: v.field("index").count(), name: v.field("name").string() });
  return {
    lost: vehicle(r.field("lost")),
    other: vehicle(r.field("other")),
    t_ms: r.field("t_ms").number(),
    after_s: r.field("after_s").number(),
    distance_m: r.field("distance_m").number(),
  };
}

function readLossFigure(r: Reader): LossFigure {
  return {
    mode: r.field("mode").oneOf(LOSS_MODES),
    horizon_s: r.field("horizon_s").number(),
    untouched_s: r.field("untouched_s").number(),
    left_m: r.field("left_m").number(),
    worst: r.field("worst").orNull(readLossCase),
    touches: r.field("touches").orNull((t) => t.boolean()) ?? false,
    cut_short: r.field("cut_short").orNull((c) => c.boolean()) ?? false,
  };
}

function readFailure(r: Reader): Failure {
  const wind = r.field("wind");
  const reserve = (name: string): number | null => (wind.absent ? null : numberOrNull(wind.field(name)));
  return {
    wind_m_s: numberOrNull(r.field("wind_m_s")),
    largest_reach_m: numberOrNull(r.field("largest_reach_m")),
    gnss_reaction_s: numberOrNull(r.field("gnss_reaction_s")),
    one_lost: r.field("one_lost").listOrEmpty(readLossFigure),
    sectors: r.field("sectors").listOrEmpty((s) => ({
      sector: s.field("sector").string(),
      vehicles: s.field("vehicles").count(),
      drift_m: numberOrNull(s.field("drift_m")),
      fence_left_m: numberOrNull(s.field("fence_left_m")),
      audience_left_m: numberOrNull(s.field("audience_left_m")),
      others_left_m: numberOrNull(s.field("others_left_m")),
      others: s.field("others").orNull(readLossFigure),
      first_contact_s: numberOrNull(s.field("first_contact_s")),
    })),
    needed_airspeed_m_s: reserve("needed_airspeed_m_s"),
    airspeed_at_max_tilt_m_s: reserve("airspeed_at_max_tilt_m_s"),
    reserve_m_s: reserve("reserve_m_s"),
  };
}

/** Checks and types the answer to `certificate`. Throws {@link MalformedAnswer}. */
export function readCertificate(json: unknown): Certificate {
  const r = new Reader(json, "certificate");
  return {
    schema: r.field("schema").orNull((s) => String(s.value)) ?? "",
    checker: { name: r.field("checker").field("name").string(), version: r.field("checker").field("version").string() },
    file_sha256: readFileHash(r.field("file")),
    vehicle_sha256: r.field("vehicle_sha256").listOrEmpty((h) => h.string()),
    assumptions: r.field("assumptions").listOrEmpty((a) => a.string()),
    limits: r.field("limits").fieldsOrEmpty((l) => l.number()),
    limit_sources: r.field("limit_sources").fieldsOrEmpty((s) => s.oneOf(["file", "default", "flag"])),
    title: r.field("title").string(),
    vehicle_count: r.field("vehicle_count").count(),
    duration_ms: r.field("duration_ms").count(),
    verdict: r.field("verdict").oneOf(["proved", "violated", "undecided"]),
    rules: r.field("rules").list((rule) => ({
      rule: rule.field("rule").string(),
      title: rule.field("title").string(),
      limit: rule.field("limit").orNull((l) => ({
        value: l.field("value").number(),
        unit: l.field("unit").string(),
      })),
      verdict: rule.field("verdict").oneOf(["proved", "violated", "undecided", "not-applicable"]),
      worst: rule.field("worst").orNull(readWitness),
      margin: rule.field("margin").orNull((m) => m.number()),
      detail: rule.field("detail").orNull((d) => d.string()) ?? "",
      help: rule.field("help").listOrEmpty((h) => h.field("text").string()),
      violations: rule.field("violations").orNull((v) => v.count()) ?? 0,
      witnesses: rule.field("witnesses").listOrEmpty(readWitness),
    })),
    separation_per_second_m: r.field("separation_per_second_m").listOrEmpty(numberOrNull),
    ground_separation_per_second_m: r.field("ground_separation_per_second_m").listOrEmpty(numberOrNull),
    failure: r.field("failure").orNull(readFailure),
    return_entries: r.field("return_entries").listOrEmpty((e) => ({
      time_s: e.field("time_s").number(),
      verdict: e.field("verdict").oneOf(["proved", "violated", "undecided"]),
      min_separation_m: numberOrNull(e.field("min_separation_m")),
      detail: e.field("detail").orNull((d) => d.string()) ?? "",
    })),
  };
}

/** Fetches the show's description. Throws {@link ApiError}. */
export async function fetchShow(): Promise<Show> {
  const response = await requireOk(await get("show"), "show");
  return parse(response, "show", async (r) => readShow(await r.json()));
}

/** Fetches trajectories and light programs. Throws {@link ApiError}. */
export async function fetchFleet(vehicleCount: number): Promise<Fleet> {
  const response = await requireOk(await get("trajectories"), "trajectories");
  return parse(response, "trajectories", async (r) => decodeFleet(await r.arrayBuffer(), vehicleCount));
}

/** Fetches the certificate; null when the server has none. Throws {@link ApiError}. */
export async function fetchCertificate(): Promise<Certificate | null> {
  const response = await get("certificate");
  if (response.status === 404) return null;
  await requireOk(response, "certificate");
  return parse(response, "certificate", async (r) => readCertificate(await r.json()));
}

/** Fetches the figures of the safety page; null when the server has none for this show. Throws {@link ApiError}. */
export async function fetchSafety(vehicleCount: number): Promise<Safety | null> {
  const response = await get("safety");
  if (response.status === 404) return null;
  await requireOk(response, "safety");
  return parse(response, "safety", async (r) => readSafety(await r.json(), vehicleCount));
}
