import { beforeAll, expect, test, vi } from "vitest";
import { Vector3 } from "three";
import { Rig } from "../../src/stage/rig";

beforeAll(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
});

const AUDIENCE = { name: "Square", polygon_m: [], eye_m: [0, -250, 3] as const, look_at_m: [0, 0, 60] as const };

function rig(): Rig {
  const made = new Rig({ ...AUDIENCE }, { min: [-100, -60, 0], max: [100, 60, 120] }, () => undefined);
  made.resize(1600, 900, 0, 0);
  made.update(0);
  return made;
}

const seen = (made: Rig, x: number, y: number, z: number): Vector3 => new Vector3(x, y, z).project(made.camera);

test("the audience sees x to the right and z up, not mirrored", () => {
  const made = rig();
  expect(seen(made, 0, 0, 60).length()).toBeLessThan(1.001);
  expect(seen(made, 0, 0, 60).x).toBeCloseTo(0);
  expect(seen(made, 40, 0, 60).x).toBeGreaterThan(0.1);
  expect(seen(made, 0, 0, 100).y).toBeGreaterThan(0.1);
});

test("the top view has x to the right and y up", () => {
  const made = rig();
  made.setMode("top");
  made.update(1);
  expect(seen(made, 40, 0, 50).x).toBeGreaterThan(0.1);
  expect(seen(made, 0, 40, 50).y).toBeGreaterThan(0.1);
});

test("the side view has y to the right and z up", () => {
  const made = rig();
  made.setMode("side");
  made.update(1);
  expect(seen(made, 0, 40, 60).x).toBeGreaterThan(0.1);
  expect(seen(made, 0, 0, 100).y).toBeGreaterThan(0.1);
});

test.each(["audience", "orbit", "top", "side"] as const)("the numbers of the %s camera restore it", (mode) => {
  const made = rig();
  made.setMode(mode);
  made.drag(37, -21);
  made.zoom(0.8);
  made.update(1);
  const other = rig();
  other.restore(mode, made.numbers());
  other.update(1);
  for (const [x, y, z] of [[10, 20, 30], [-50, 0, 90]]) {
    expect(seen(other, x, y, z).distanceTo(seen(made, x, y, z))).toBeLessThan(0.01);
  }
});

test("a finding is brought to the middle", () => {
  const made = rig();
  made.frame([33, 12, 80], 10);
  made.update(1);
  const middle = seen(made, 33, 12, 80);
  expect(Math.hypot(middle.x, middle.y)).toBeLessThan(1e-6);
});

test("what panels cover shifts the middle of the picture", () => {
  const made = rig();
  made.frame([0, 0, 60], 20);
  made.resize(1600, 900, 400, 100);
  made.update(1);
  const middle = seen(made, 0, 0, 60);
  expect(middle.x).toBeCloseTo(-200 / 800);
  expect(middle.y).toBeCloseTo(50 / 450);
});
