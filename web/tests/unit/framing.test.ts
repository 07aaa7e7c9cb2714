import { Vector3 } from "three";
import { beforeAll, expect, test, vi } from "vitest";
import { LightSampler } from "../../src/kit/fleet/lights";
import { TrajectorySampler } from "../../src/kit/fleet/trajectory";
import { outermost, pictureInstantsMs } from "../../src/stage/framing";
import { Rig } from "../../src/stage/rig";
import type { StageShow } from "../../src/stage/props";
import { decodeFleet } from "../../src/wire/fleet";
import { showOf } from "../../src/wire/answers";
import { makeShow, positionOf } from "../mock/show.mjs";
import cases from "./framing-cases.json";

beforeAll(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
});

const made = makeShow(200);
const show = showOf(made.show);
const bytes = made.trajectories;
const fleet = decodeFleet(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer, 200);
const on = { show, trajectories: new TrajectorySampler(fleet), lights: new LightSampler(fleet) };

test("pictures are looked for in formations, and along the show where none is named", () => {
  const standing = show.chapters.filter(({ kind }) => kind === "formation");
  expect(pictureInstantsMs(on)).toHaveLength(5 * standing.length);
  for (const tMs of pictureInstantsMs(on)) expect(standing.some((c) => tMs >= c.start_ms && tMs <= c.end_ms)).toBe(true);
  for (const { start_ms, end_ms } of standing) expect(pictureInstantsMs(on)).toEqual(expect.arrayContaining([start_ms, end_ms]));
  const unnamed = pictureInstantsMs({ show: { ...show, chapters: [] } });
  expect(Math.min(...unnamed)).toBeGreaterThan(0);
  expect(Math.max(...unnamed)).toBeLessThan(show.duration_ms);
});

test("the outermost lights hold every lit vehicle of every picture between them, but for a little", () => {
  const found = outermost(on);
  const range = (k: 0 | 1 | 2): [number, number] => [Math.min(...found.map((p) => p[k])), Math.max(...found.map((p) => p[k]))];
  for (const tMs of pictureInstantsMs(on)) {
    for (const vehicle of made.vehicles) {
      const rgb = vehicle.lights.findLast((key: { tMs: number }) => key.tMs <= tMs)?.rgb ?? [0, 0, 0];
      if (Math.max(...rgb) === 0) continue;
      positionOf(vehicle, tMs).forEach((value: number, k: number) => {
        const [low, high] = range(k as 0 | 1 | 2);
        expect(value).toBeGreaterThan(low - 1);
        expect(value).toBeLessThan(high + 1);
      });
    }
  }
});

/** The cases that films are held to as well (crates/film/tests/framing.rs). */
test.each(cases)("films and the viewer frame alike: $name", ({ camera, size_px, lights_m, audience, fence_m, found }) => {
  const lights = lights_m as [number, number, number][];
  const standing = {
    show: { ...show, vehicle_count: lights.length, chapters: [{ name: "Still", kind: "formation", start_ms: 0, end_ms: 10_000 }] },
    trajectories: { positions: (_: number, at: Float32Array) => at.set(lights.flat()) },
    lights: { colours: (_: number, colours: Uint8Array) => colours.fill(255) },
  } as unknown as StageShow;
  const range = (pick: (...values: number[]) => number): [number, number, number] => [0, 1, 2].map((k) => pick(...lights.map((p) => p[k]))) as [number, number, number];
  const eyes = audience ? [{ ...audience, name: "Lawn", polygon_m: [] }] : [];
  const rig = new Rig(
    {
      audiences: eyes as unknown as ConstructorParameters<typeof Rig>[0]["audiences"],
      bounds: { min: range(Math.min), max: range(Math.max) },
      picturesM: outermost(standing),
      fenceM: (fence_m ?? []) as [number, number][],
    },
    () => undefined,
  );
  rig.resize({ widthPx: size_px[0], heightPx: size_px[1], covered: { top: 0, right: 0, bottom: 0 } });
  rig.setMode(camera as "audience");
  rig.update(0);
  const ahead = rig.camera.getWorldDirection(new Vector3());
  const degrees = 180 / Math.PI;
  expect(rig.camera.position.distanceTo(new Vector3(...(found.eye_m as [number, number, number])))).toBeLessThan(0.01);
  expect(Math.asin(ahead.z) * degrees).toBeCloseTo(found.pitch_deg, 2);
  if (camera !== "top") expect(Math.atan2(ahead.x, ahead.y) * degrees).toBeCloseTo(found.yaw_deg, 2);
  expect(rig.camera.fov).toBeCloseTo(found.fov_deg, 2);
});
