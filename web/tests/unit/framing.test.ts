import { expect, test } from "vitest";
import { LightSampler } from "../../src/kit/fleet/lights";
import { TrajectorySampler } from "../../src/kit/fleet/trajectory";
import { outermost, pictureInstantsMs } from "../../src/stage/framing";
import { decodeFleet } from "../../src/wire/fleet";
import { showOf } from "../../src/wire/answers";
import { makeShow, positionOf } from "../mock/show.mjs";

const made = makeShow(200);
const show = showOf(made.show);
const bytes = made.trajectories;
const fleet = decodeFleet(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer, 200);
const on = { show, trajectories: new TrajectorySampler(fleet), lights: new LightSampler(fleet) };

test("pictures are looked for in formations, and along the show where none is named", () => {
  const standing = show.chapters.filter(({ kind }) => kind === "formation");
  expect(pictureInstantsMs(on)).toHaveLength(3 * standing.length);
  for (const tMs of pictureInstantsMs(on)) expect(standing.some((c) => tMs > c.start_ms && tMs < c.end_ms)).toBe(true);
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
