import { describe, expect, test } from "vitest";
import { certificateOf, showOf } from "../../src/wire/answers";
import { makeCertificate, makeShow } from "../mock/show.mjs";

const made = makeShow(20);
const copy = (): any => structuredClone(made.show);

describe("show", () => {
  test("is read with all of its environment", () => {
    const show = showOf(copy());
    expect(show.vehicles).toHaveLength(20);
    expect(show.environment.keep_outs.map(({ shape }) => shape.kind)).toEqual(["cylinder", "prism"]);
    expect(show.environment.landmarks[0].shape.kind).toBe("hyperboloid-tower");
    expect(show.environment.roads.map(({ name }) => name)).toEqual(["Linjiang Avenue"]);
    expect(show.environment.geofence?.holes_m).toHaveLength(1);
  });

  test("may leave out what is empty", () => {
    const show = copy();
    show.environment = {};
    delete show.chapters;
    expect(showOf(show).environment).toEqual({ geofence: null, indoor: false, keep_outs: [], audiences: [], waters: [], roads: [], landmarks: [] });
    expect(showOf(show).chapters).toEqual([]);
  });

  test("that is wrong is refused with the place", () => {
    const show = copy();
    show.environment.keep_outs[0].shape.radius_m = "wide";
    expect(() => showOf(show)).toThrow('show.environment.keep_outs[0].shape.radius_m: expected a finite number, found string "wide"');
    expect(() => showOf({ ...copy(), vehicle_count: 21 })).toThrow("show.vehicles: expected 21 vehicles");
    expect(() => showOf(null)).toThrow("show: expected an object, found null");
    expect(() => showOf([])).toThrow("expected an object, found a list");
  });
});

describe("certificate", () => {
  test("is read with its findings", () => {
    const certificate = certificateOf(structuredClone(makeCertificate(made, "violated")));
    expect(certificate.verdict).toBe("violated");
    expect(certificate.file.sha256).toBe(made.show.file.sha256);
    expect(certificate.rules[0].worst?.vehicles).toHaveLength(2);
  });

  test("is read with its limits, where they came from, hashes and assumptions", () => {
    const certificate = certificateOf(structuredClone(makeCertificate(made, "proved")));
    expect(certificate.limits["max_altitude_m"]).toBe(120);
    expect(certificate.limit_sources).toMatchObject({ max_altitude_m: "file", max_wind_m_s: "default", ground_separation_m: "flag" });
    expect(certificate.vehicle_sha256).toHaveLength(20);
    expect(certificate.assumptions).toHaveLength(1);
  });

  test("is read with what it says of failures", () => {
    const { failure, return_entries } = certificateOf(structuredClone(makeCertificate(made, "violated")));
    expect(failure).toMatchObject({ wind_m_s: 8, wind: { reserve_m_s: 3.7 }, largest_reach_m: 34.2 });
    expect(failure?.sectors[3]).toMatchObject({ sector: "west", fence_left_m: -4, others_left_m: null });
    expect(failure?.one_lost.map(({ mode, touches, cut_short }) => [mode, touches, cut_short])).toEqual([
      ["stops", true, false],
      ["drifts", false, false],
      ["falls", false, true],
    ]);
    expect(failure?.one_lost[0].worst).toMatchObject({ t_ms: made.worst.t_ms - 743.5, after_s: 0.744, distance_m: 0.298 });
    expect(failure?.one_lost[1].worst).toMatchObject({ lost: { index: 2 }, other: { index: 3 } });
    expect(failure?.sectors.map(({ others }) => others?.left_m ?? null)).toEqual([0, 1.4, 2.4, null]);
    expect(return_entries.filter(({ verdict }) => verdict === "violated").map(({ time_s }) => time_s)).toEqual([90]);
  });

  test("of an older form is read without them", () => {
    const json: any = structuredClone(makeCertificate(made, "proved"));
    for (const name of ["limits", "limit_sources", "vehicle_sha256", "assumptions", "failure", "return_entries"]) delete json[name];
    const old = { limits: {}, limit_sources: {}, vehicle_sha256: [], assumptions: [], failure: null, return_entries: [] };
    expect(certificateOf(json)).toMatchObject(old);
    json.limit_sources = { max_altitude_m: "rumour" };
    expect(() => certificateOf(json)).toThrow("certificate.limit_sources.max_altitude_m: expected one of file, default, flag");
  });

  test("with a loss that makes no sense is refused with the place", () => {
    const wrong = (change: (f: any) => void): (() => void) => {
      const json: any = structuredClone(makeCertificate(made, "proved"));
      change(json.failure.one_lost[0]);
      return () => certificateOf(json);
    };
    expect(wrong((f) => (f.mode = "vanishes"))).toThrow("certificate.failure.one_lost[0].mode: expected one of stops, drifts, falls");
    expect(wrong((f) => (f.untouched_s = null))).toThrow("certificate.failure.one_lost[0].untouched_s: expected a finite number");
    expect(wrong((f) => (f.worst.lost.index = -1))).toThrow("certificate.failure.one_lost[0].worst.lost.index: expected a whole number");
    expect(wrong((f) => (f.touches = "yes"))).toThrow("certificate.failure.one_lost[0].touches: expected true or false");
  });

  test("of an unknown verdict is refused", () => {
    const certificate: any = structuredClone(makeCertificate(made, "proved"));
    certificate.rules[1].verdict = "probably";
    expect(() => certificateOf(certificate)).toThrow("certificate.rules[1].verdict: expected one of proved, violated");
  });
});
