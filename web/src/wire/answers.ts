/** The answers of the server: read, then held against what their types cannot say. Throws `MalformedAnswer`. */

import { readCertificate, type Certificate } from "./certificate";
import { readFlownAnswer, type FlownAnswer } from "./flown";
import { readLiveAnswer, type LiveAnswer } from "./live";
import { Reader } from "./reader";
import { readSafetyReport, type SafetyReport, type SafetyTimeline } from "./safety";
import { readShowAnswer, type ShowAnswer } from "./show";

/** More cells of a footprint than any site needs: 4,000 × 1,000. */
const MAX_CELLS = 4_000_000;

/** What a vehicle of a flight log was doing, by its number. */
export const STATUSES = ["parked", "flying", "landing", "landed", "returning", "failsafe", "fallen", "silent"] as const;
export type VehicleStatus = (typeof STATUSES)[number];

/** The curves of a {@link SafetyTimeline}: one value for each of its times, or none at all. */
export const CURVES = [
  "min_separation_m",
  "min_ground_separation_m",
  "max_velocity_xy_m_s",
  "max_velocity_up_m_s",
  "max_velocity_down_m_s",
  "max_acceleration_m_s2",
  "fence_margin_m",
  "ceiling_margin_m",
] as const satisfies readonly (keyof SafetyTimeline)[];
export type CurveName = (typeof CURVES)[number];
/** Null where there is no value. */
export type Curve = SafetyTimeline[CurveName];

/** The show: as many vehicles as it says. */
export function showOf(json: unknown): ShowAnswer {
  const r = new Reader(json, "show");
  const show = readShowAnswer(r);
  if (show.vehicles.length !== show.vehicle_count) r.field("vehicles").fail(`${show.vehicle_count} vehicles`);
  return show;
}

/** What the server shows and does. */
export function liveOf(json: unknown): LiveAnswer {
  return readLiveAnswer(new Reader(json, "live"));
}

/** The certificate: a verdict on rules that are listed. */
export function certificateOf(json: unknown): Certificate {
  const r = new Reader(json, "certificate");
  const certificate = readCertificate(r);
  if (certificate.verdict === "not-applicable") r.field("verdict").fail("a verdict on the show");
  if (certificate.rules.length === 0) r.field("rules").fail("the rules that were checked");
  return certificate;
}

/** The safety figures for a show of `vehicleCount`: times increase, curves are complete, vehicles exist, the grid is full. */
export function safetyOf(json: unknown, vehicleCount: number): SafetyReport {
  const r = new Reader(json, "safety");
  const report = readSafetyReport(r);
  if (report.version !== 1) r.field("version").fail("version 1");
  checkTimeline(r.field("timeline"), report.timeline, vehicleCount);
  report.worst_pairs.forEach(({ pair }, i) => checkPair(r.field("worst_pairs").item(i).field("pair"), pair, vehicleCount));
  report.areas.forEach(({ vehicle }, i) => checkVehicle(r.field("areas").item(i).field("vehicle"), vehicle, vehicleCount));
  return { ...report, footprint: report.footprint && checkedFootprint(r.field("footprint"), report.footprint) };
}

function checkVehicle(r: Reader, vehicle: number | null, vehicleCount: number): void {
  if (vehicle !== null && vehicle >= vehicleCount) r.fail(`a vehicle below ${vehicleCount}`);
}

function checkPair(r: Reader, pair: [number, number], vehicleCount: number): void {
  pair.forEach((vehicle, i) => checkVehicle(r.item(i), vehicle, vehicleCount));
  if (pair[0] === pair[1]) r.fail("two different vehicles");
}

function checkTimeline(r: Reader, timeline: SafetyTimeline, vehicleCount: number): void {
  const { t_ms } = timeline;
  if (t_ms.some((t, i) => i > 0 && t <= t_ms[i - 1])) r.field("t_ms").fail("times that increase");
  for (const name of CURVES) {
    const { length } = timeline[name];
    if (length !== 0 && length !== t_ms.length) r.field(name).fail(`${t_ms.length} values`);
  }
  for (const name of ["min_separation_pair", "min_ground_separation_pair"] as const) {
    timeline[name].forEach((pair, i) => pair && checkPair(r.field(name).item(i), pair, vehicleCount));
  }
}

/** The flight of a show of `vehicleCount`: frames in order of time, vehicles that exist, counted as many as there are. */
export function flownOf(json: unknown, vehicleCount: number): FlownAnswer {
  const r = new Reader(json, "flown");
  const flown = readFlownAnswer(r);
  if (flown.frames.length === 0) r.field("frames").fail("one frame or more");
  if (flown.block_frames < 1) r.field("block_frames").fail("1 or more");
  flown.frames.forEach((frame, i) => {
    const at = r.field("frames").item(i);
    if (i > 0 && frame.t_ms <= flown.frames[i - 1].t_ms) at.field("t_ms").fail("times that increase");
    if (frame.vehicles.length !== STATUSES.length) at.field("vehicles").fail(`${STATUSES.length} numbers`);
    if (frame.closest) checkPair(at.field("closest").field("pair"), frame.closest.pair, vehicleCount);
    if (frame.farthest) checkVehicle(at.field("farthest").field("vehicle"), frame.farthest.vehicle, vehicleCount);
  });
  return flown;
}

type Footprint = NonNullable<SafetyReport["footprint"]>;

/** The same grid; null when it has no cells. */
function checkedFootprint(r: Reader, footprint: Footprint): Footprint | null {
  const { columns, rows, cell_m, vehicle_seconds } = footprint;
  if (columns * rows === 0) return null;
  if (columns * rows > MAX_CELLS) r.fail(`at most ${MAX_CELLS} cells`);
  if (cell_m <= 0) r.field("cell_m").fail("a size above 0");
  if (vehicle_seconds.length !== columns * rows) r.field("vehicle_seconds").fail(`${columns * rows} values`);
  return footprint;
}
