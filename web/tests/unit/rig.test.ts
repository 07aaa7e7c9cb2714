import { beforeAll, describe, expect, test, vi } from "vitest";
import { Vector3 } from "three";
import { Rig } from "../../src/stage/rig";
import type { Audience } from "../../src/wire/show";

beforeAll(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
});

const SQUARE = { name: "Square", polygon_m: [], eye_m: [0, -250, 3] as const, look_at_m: [0, 0, 60] as const, fov_deg: null };
const HILL = { ...SQUARE, name: "Hill", eye_m: [300, 0, 40] as const, look_at_m: [0, 0, 60] as const };
/** The corners of two pictures. */
const PICTURES = [
  [-90, 0, 40],
  [-90, 0, 110],
  [90, 0, 40],
  [90, 0, 110],
  [0, 55, 70],
  [0, -55, 70],
] as const;
const UNCOVERED = { top: 0, right: 0, bottom: 0 };

function rig(audiences: readonly Audience[] = [SQUARE, HILL]): Rig {
  const seen = { audiences, bounds: { min: [-100, -60, 0], max: [100, 60, 120] }, picturesM: PICTURES, fenceM: [] } as const;
  const made = new Rig(seen, () => undefined);
  made.resize({ widthPx: 1600, heightPx: 900, covered: UNCOVERED });
  made.update(0);
  return made;
}

const seen = (made: Rig, x: number, y: number, z: number): Vector3 => new Vector3(x, y, z).project(made.camera);

test("the audience sees x to the right and z up, not mirrored", () => {
  const made = rig([{ ...SQUARE, fov_deg: 60 }]);
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

test.each(["audience", "orbit", "top", "side", "free", "vehicle"] as const)("the numbers of the %s camera restore it", (mode) => {
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
  made.resize({ widthPx: 1600, heightPx: 900, covered: { top: 20, right: 400, bottom: 120 } });
  made.update(1);
  const middle = seen(made, 0, 0, 60);
  expect(middle.x).toBeCloseTo(-200 / 800);
  expect(middle.y).toBeCloseTo(50 / 450);
});

const WINDOWS = [
  [390, 844, { top: 92, right: 0, bottom: 122 }],
  [844, 390, { top: 52, right: 0, bottom: 122 }],
  [820, 1180, { top: 52, right: 0, bottom: 122 }],
  [1440, 900, { top: 52, right: 384, bottom: 122 }],
  [1920, 1080, { top: 52, right: 0, bottom: 122 }],
] as const;

describe.each(WINDOWS)("in a window of %i × %i", (widthPx, heightPx, covered) => {
  /** Where a point is, in pixels, by the camera's own matrices. */
  const pixel = (made: Rig, [x, y, z]: readonly [number, number, number]): { x: number; y: number } => {
    const at = seen(made, x, y, z);
    return { x: (0.5 + at.x / 2) * widthPx, y: (0.5 - at.y / 2) * heightPx };
  };
  const inside = (made: Rig): boolean[] =>
    PICTURES.map((point) => {
      const { x, y } = pixel(made, point);
      return x > 0 && x < widthPx - covered.right && y > covered.top && y < heightPx - covered.bottom;
    });

  test.each(["audience", "orbit", "top", "side"] as const)("the %s camera shows all pictures in the free part, and fills it", (mode) => {
    const made = rig();
    made.resize({ widthPx, heightPx, covered });
    made.setMode(mode);
    made.update(1);
    expect(inside(made)).toEqual(PICTURES.map(() => true));
    const pixels = PICTURES.map((point) => pixel(made, point));
    const wide = (Math.max(...pixels.map((p) => p.x)) - Math.min(...pixels.map((p) => p.x))) / (widthPx - covered.right);
    const high = (Math.max(...pixels.map((p) => p.y)) - Math.min(...pixels.map((p) => p.y))) / (heightPx - covered.top - covered.bottom);
    expect(Math.max(wide, high)).toBeGreaterThan(0.45);
  });

  test("moved by hand it shows something else, and fit brings all back", () => {
    const made = rig();
    made.resize({ widthPx, heightPx, covered });
    made.drag(900, 0);
    made.update(1);
    expect(inside(made)).not.toEqual(PICTURES.map(() => true));
    made.fit();
    made.update(2);
    expect(inside(made)).toEqual(PICTURES.map(() => true));
  });

  test("a stated field of view goes from the left to the right end of the free part", () => {
    const made = rig([{ ...SQUARE, fov_deg: 50 }]);
    made.resize({ widthPx, heightPx, covered });
    made.update(1);
    const reach = 250 * Math.tan((25 * Math.PI) / 180);
    // The eye looks up a little: at its own height the ends of the field are at the depth along the look.
    const depth = Math.hypot(250, 57);
    const scale = depth / 250;
    expect(pixel(made, [-reach * scale, 0, 60]).x).toBeCloseTo(0, 0);
    expect(pixel(made, [reach * scale, 0, 60]).x).toBeCloseTo(widthPx - covered.right, 0);
  });
});

test("every audience has its camera", () => {
  const made = rig();
  made.setAudience(1);
  made.update(1);
  expect(made.camera.position.toArray()).toEqual([300, 0, 40]);
  expect(made.numbers()).toEqual([1]);
  const other = rig();
  other.restore("audience", [1]);
  other.update(1);
  expect(other.camera.position.toArray()).toEqual([300, 0, 40]);
});

test("free flight sets out from where the camera is, and flies as long as a key is held", () => {
  const made = rig();
  made.setMode("free");
  made.update(1);
  expect(made.camera.position.toArray()).toEqual([0, -250, 3]);
  made.hold("ahead", true);
  for (let nowMs = 0; nowMs <= 1000; nowMs += 50) made.update(nowMs);
  const { y } = made.camera.position;
  expect(y).toBeGreaterThan(-250 + 15);
  made.hold("ahead", false);
  made.update(1050);
  expect(made.camera.position.y).toBe(y);
  made.hold("down", true);
  for (let nowMs = 1100; nowMs <= 9000; nowMs += 50) made.update(nowMs);
  expect(made.camera.position.z).toBeGreaterThan(0);
});

test("the camera of a vehicle is where the vehicle is, and looks towards the audience", () => {
  const made = rig();
  made.vehicleM.set(10, 20, 70);
  made.setMode("vehicle");
  made.update(1);
  expect(made.camera.position.toArray()).toEqual([10, 20, 70]);
  expect(seen(made, 10, -200, 70).z).toBeLessThan(1);
  expect(Math.abs(seen(made, 10, -200, 70).x)).toBeLessThan(0.5);
});
