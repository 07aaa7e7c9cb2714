/**
 * The cameras. The scene frame is the site frame itself (x right, y ahead, z up, metres): no axis is swapped, so
 * nothing can come out mirrored.
 *
 * Every camera comes down to one pose: a position, a direction (yaw from +y towards +x, pitch upwards, radians) and a
 * vertical field of view. Top and side view are far cameras with a narrow field, nearly orthographic. A camera that was not
 * moved by hand keeps all pictures of the show in the free part of the window, whatever its size.
 */

import { Matrix4, PerspectiveCamera, Vector3 } from "three";
import type { Vec2M, Vec3M } from "../wire/reader";
import type { Audience } from "../wire/show";
import { clamp, DEGREE, fitDistanceM, fitExtentM, fitFrom, forward, fovAcross, freePx, rightOf, wholeFov, type FramePx, type View } from "./framing";
import { FRAMING } from "./looks";
import type { CameraMode, CameraPort, Move } from "./props";

interface Pose {
  positionM: Vector3;
  yaw: number;
  pitch: number;
  fov: number;
}

/** Box around everything that flies, metres. */
export interface BoundsM {
  min: Vec3M;
  max: Vec3M;
}

/** What the cameras frame. */
export interface ToBeSeen {
  audiences: readonly Audience[];
  bounds: BoundsM;
  /** The outermost lights of all pictures; empty for none. */
  picturesM: readonly Vec3M[];
  fenceM: readonly Vec2M[];
}

const ORBIT_FOV = FRAMING.orbit_fov_deg * DEGREE;
const PLAN_FOV = FRAMING.plan_fov_deg * DEGREE;
const FREE_FOV = 60 * DEGREE;
const VEHICLE_FOV = 72 * DEGREE;
const ORBIT_TURN = FRAMING.orbit_turn_deg * DEGREE;
const ORBIT_PITCH = -FRAMING.orbit_down_deg * DEGREE;
const FLIGHT_MS = 900;
const MAX_DISTANCE_M = FRAMING.most_distance_m;
/** Free flight crosses the show's size in so many seconds. */
const CROSSING_S = 7;
const TURN_PER_S = 55 * DEGREE;
const FASTER = 4;
/** The eye stays so far above the ground. */
const LEAST_HEIGHT_M = FRAMING.least_height_m;

const ease = (u: number): number => u * u * u * (u * (6 * u - 15) + 10);
const wrap = (angle: number): number => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

/** Least and greatest x (axis 0) or y (axis 1) of what flies and of the fence. */
function reach(axis: 0 | 1, bounds: BoundsM, fenceM: readonly Vec2M[]): [number, number] {
  const values = [bounds.min[axis], bounds.max[axis], ...fenceM.map((point) => point[axis])];
  return [Math.min(...values), Math.max(...values)];
}

export class Rig implements CameraPort {
  readonly camera = new PerspectiveCamera(50, 1, 0.5, 20_000);
  mode: CameraMode = "audience";
  /** Index of the audience whose eye is looked from. */
  audience = 0;
  /** Where the vehicle is whose eye is looked from. */
  readonly vehicleM = new Vector3();

  private eyesM: Vector3[];
  private stated: ({ yaw: number; pitch: number; across: number } | null)[];
  private picturesM: readonly Vec3M[];
  private spanM: number;
  private readonly look: View = { yaw: 0, pitch: 0, fov: 1 };
  private orbit: { targetM: Vector3; yaw: number; pitch: number; distanceM: number };
  /** Centre and visible height of the two plans. */
  private top: { targetM: Vector3; extentM: number };
  private side: { targetM: Vector3; extentM: number };
  private plan: { acrossM: number; aheadM: number; topM: number };
  private readonly free = { positionM: new Vector3(), yaw: 0, pitch: 0 };
  private readonly eye = { yaw: 0, pitch: 0 };
  /** The cameras that still show all, since nothing was moved by hand. */
  private readonly fitting = new Set<CameraMode>(["audience", "orbit", "top", "side"]);
  private readonly held = new Set<Move>();
  private heldMs = -1;

  private flight: { from: Pose; startedMs: number } | null = null;
  private framePx: FramePx = { widthPx: 1, heightPx: 1, covered: { top: 0, right: 0, bottom: 0 } };
  private readonly reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(
    { audiences, bounds, picturesM, fenceM }: ToBeSeen,
    private readonly onChange: () => void,
  ) {
    const corners = [bounds.min, bounds.max];
    this.picturesM = picturesM.length > 0 ? picturesM : corners;
    const seen = this.picturesM;
    const range = (k: 0 | 1 | 2): [number, number] => [Math.min(...seen.map((p) => p[k])), Math.max(...seen.map((p) => p[k]))];
    const [x, y, z] = [range(0), range(1), range(2)];
    const centre = new Vector3((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, (z[0] + z[1]) / 2);
    this.spanM = Math.max(x[1] - x[0], y[1] - y[0], z[1] - z[0], 4);
    this.eyesM = audiences.map(({ eye_m: [x, y, z] }) => new Vector3(x, y, Math.max(z, LEAST_HEIGHT_M)));
    this.stated = audiences.map(({ eye_m, look_at_m, fov_deg }) => {
      const ahead = new Vector3(...look_at_m).sub(new Vector3(...eye_m));
      const flatM = Math.hypot(ahead.x, ahead.y);
      const across = clamp(fov_deg ?? 0, FRAMING.least_across_deg, FRAMING.most_across_deg) * DEGREE;
      return fov_deg === null ? null : { yaw: Math.atan2(ahead.x, ahead.y), pitch: Math.atan2(ahead.z, flatM), across };
    });
    if (this.eyesM.length === 0) {
      this.eyesM.push(new Vector3(centre.x, Math.min(bounds.min[1], y[0]) - 1.5 * this.spanM, Math.max(Math.min(3, 0.1 * this.spanM), LEAST_HEIGHT_M)));
      this.stated.push(null);
    }
    const towards = centre.clone().sub(this.eyesM[0]);
    const yaw = Math.atan2(towards.x, towards.y);
    this.orbit = { targetM: centre.clone(), yaw: yaw + ORBIT_TURN, pitch: ORBIT_PITCH, distanceM: 1.45 * this.spanM + 30 };
    this.free.positionM.copy(this.eyesM[0]);
    Object.assign(this.free, { yaw, pitch: Math.atan2(towards.z, Math.hypot(towards.x, towards.y)) });
    this.eye.yaw = wrap(yaw + Math.PI);
    // The plans show the whole fence, which is what an operator looks for in them.
    const [left, right] = reach(0, bounds, fenceM);
    const [near, far] = reach(1, bounds, fenceM);
    const topM = Math.max(bounds.max[2], z[1]);
    this.plan = { acrossM: right - left, aheadM: far - near, topM };
    const middle = new Vector3((left + right) / 2, (near + far) / 2, topM / 2);
    this.top = { targetM: middle, extentM: 30 };
    this.side = { targetM: middle.clone(), extentM: 30 };
    this.refit();
    this.apply(this.goal());
  }

  /** Other pictures at the same place: the cameras that were not moved by hand show all of them. */
  show(seen: ToBeSeen): void {
    const { picturesM, spanM, eyesM, stated, plan, orbit, top, side } = new Rig(seen, () => undefined);
    Object.assign(this, { picturesM, spanM, eyesM, stated, plan });
    if (this.fitting.has("orbit")) this.orbit = orbit;
    if (this.fitting.has("top")) this.top = top;
    if (this.fitting.has("side")) this.side = side;
    this.refit();
    this.apply(this.goal());
    this.onChange();
  }

  /** Which fit the cameras have is computed for each size of the window. */
  private refit(): void {
    const frame = this.framePx;
    if (this.fitting.has("audience")) {
      const stated = this.stated[this.audience];
      const view = stated
        ? { yaw: stated.yaw, pitch: stated.pitch, fov: fovAcross(stated.across, frame) }
        : fitFrom(this.eyesM[this.audience], this.picturesM, frame);
      Object.assign(this.look, view);
    }
    if (this.fitting.has("orbit")) {
      const view = { yaw: this.orbit.yaw, pitch: this.orbit.pitch, fov: wholeFov(ORBIT_FOV, frame) };
      const distanceM = fitDistanceM(this.orbit.targetM, view, this.picturesM, frame);
      this.orbit.distanceM = clamp(distanceM, 2, MAX_DISTANCE_M);
    }
    const { acrossM, aheadM, topM } = this.plan;
    if (this.fitting.has("top")) this.top.extentM = clamp(fitExtentM(1.06 * acrossM, 1.06 * aheadM, frame), 2, MAX_DISTANCE_M);
    if (this.fitting.has("side")) this.side.extentM = clamp(fitExtentM(1.06 * aheadM, 1.1 * topM, frame), 2, MAX_DISTANCE_M);
  }

  setMode(mode: CameraMode): void {
    this.fly();
    if (mode === "free" && this.mode !== "free") {
      // Free flight sets out from where the camera is.
      this.free.positionM.copy(this.last.positionM);
      Object.assign(this.free, { yaw: this.last.yaw, pitch: clamp(this.last.pitch, -89 * DEGREE, 89 * DEGREE) });
    }
    this.releaseAll();
    this.mode = mode;
    this.onChange();
  }

  setAudience(audience: number): void {
    this.audience = clamp(audience, 0, this.eyesM.length - 1);
    this.fitting.add("audience");
    this.refit();
    this.setMode("audience");
  }

  fit(): void {
    this.fly();
    const { mode } = this;
    if (mode === "free" || mode === "vehicle") {
      this.mode = "audience";
      this.fitting.add("audience");
    } else {
      this.fitting.add(mode);
      if (mode === "orbit") this.orbit.targetM.copy(this.centreM());
      const { targetM } = this.top;
      if (mode === "side") this.side.targetM.copy(targetM).setZ(this.plan.topM / 2);
      if (mode === "top") this.top.targetM.set(this.side.targetM.x, this.side.targetM.y, targetM.z);
    }
    this.refit();
    this.onChange();
  }

  private centreM(): Vector3 {
    const at = (k: 0 | 1 | 2): number => {
      const values = this.picturesM.map((p) => p[k]);
      return (Math.min(...values) + Math.max(...values)) / 2;
    };
    return new Vector3(at(0), at(1), at(2));
  }

  frame(centreM: Vec3M, radiusM: number): void {
    this.fly();
    this.mode = "orbit";
    this.fitting.delete("orbit");
    this.orbit.targetM.set(...centreM);
    this.orbit.distanceM = clamp(radiusM / Math.tan(ORBIT_FOV / 2), 4, MAX_DISTANCE_M);
    this.onChange();
  }

  /** The camera as numbers; for an audience none as long as it shows all by itself. */
  numbers(): number[] {
    switch (this.mode) {
      case "audience": {
        if (this.fitting.has("audience")) return this.audience === 0 ? [] : [this.audience];
        return [this.look.yaw / DEGREE, this.look.pitch / DEGREE, this.look.fov / DEGREE, this.audience];
      }
      case "orbit": {
        const { targetM, yaw, pitch, distanceM } = this.orbit;
        return [...targetM.toArray(), wrap(yaw) / DEGREE, pitch / DEGREE, distanceM];
      }
      case "top":
        return [this.top.targetM.x, this.top.targetM.y, this.top.extentM];
      case "side":
        return [this.side.targetM.y, this.side.targetM.z, this.side.extentM];
      case "free":
        return [...this.free.positionM.toArray(), wrap(this.free.yaw) / DEGREE, this.free.pitch / DEGREE];
      case "vehicle":
        return [wrap(this.eye.yaw) / DEGREE, this.eye.pitch / DEGREE];
    }
  }

  restore(mode: CameraMode, numbers: number[]): void {
    this.mode = mode;
    this.flight = null;
    if (mode === "audience") {
      const index = numbers.length === 1 ? numbers[0] : (numbers[3] ?? 0);
      this.audience = clamp(Math.round(index), 0, this.eyesM.length - 1);
      if (numbers.length > 1) {
        this.fitting.delete("audience");
        this.look.yaw = numbers[0] * DEGREE;
        this.look.pitch = clamp(numbers[1], -40, 88) * DEGREE;
        if (numbers.length > 2) this.look.fov = clamp(numbers[2], 4, 130) * DEGREE;
      } else {
        this.fitting.add("audience");
      }
    } else if (mode === "orbit" && numbers.length === 6) {
      this.fitting.delete("orbit");
      this.orbit.targetM.set(numbers[0], numbers[1], numbers[2]);
      this.orbit.yaw = numbers[3] * DEGREE;
      this.orbit.pitch = clamp(numbers[4], -89, 30) * DEGREE;
      this.orbit.distanceM = clamp(numbers[5], 2, MAX_DISTANCE_M);
    } else if (mode === "top" && numbers.length === 3) {
      this.fitting.delete("top");
      this.top.targetM.set(numbers[0], numbers[1], this.top.targetM.z);
      this.top.extentM = clamp(numbers[2], 2, MAX_DISTANCE_M);
    } else if (mode === "side" && numbers.length === 3) {
      this.fitting.delete("side");
      this.side.targetM.set(this.side.targetM.x, numbers[0], numbers[1]);
      this.side.extentM = clamp(numbers[2], 2, MAX_DISTANCE_M);
    } else if (mode === "free" && numbers.length === 5) {
      this.free.positionM.set(numbers[0], numbers[1], Math.max(numbers[2], LEAST_HEIGHT_M));
      Object.assign(this.free, { yaw: numbers[3] * DEGREE, pitch: clamp(numbers[4], -89, 89) * DEGREE });
    } else if (mode === "vehicle" && numbers.length === 2) {
      Object.assign(this.eye, { yaw: numbers[0] * DEGREE, pitch: clamp(numbers[1], -89, 89) * DEGREE });
    }
    this.refit();
    this.onChange();
  }

  /** Tells the size of the picture and how much of it panels cover. */
  resize(frame: FramePx): void {
    const known = this.framePx;
    const same =
      known.widthPx === frame.widthPx &&
      known.heightPx === frame.heightPx &&
      known.covered.top === frame.covered.top &&
      known.covered.right === frame.covered.right &&
      known.covered.bottom === frame.covered.bottom;
    if (same) return;
    this.framePx = { ...frame, covered: { ...frame.covered } };
    this.refit();
  }

  /** Turns (audience, orbit, free, vehicle) or pans (top, side) by a drag of so many pixels. */
  drag(dxPx: number, dyPx: number): void {
    this.flight = null;
    this.fitting.delete(this.mode);
    const { heightPx } = this.framePx;
    const turn = (view: { yaw: number; pitch: number }, fov: number, low: number): void => {
      view.yaw = wrap(view.yaw - (dxPx * fov) / heightPx);
      view.pitch = clamp(view.pitch + (dyPx * fov) / heightPx, low * DEGREE, 88 * DEGREE);
    };
    if (this.mode === "audience") turn(this.look, this.look.fov, -40);
    else if (this.mode === "free") turn(this.free, FREE_FOV, -88);
    else if (this.mode === "vehicle") turn(this.eye, VEHICLE_FOV, -88);
    else if (this.mode === "orbit") {
      this.orbit.yaw += (dxPx / heightPx) * Math.PI;
      // Never below the ground by the angle alone; `goal` keeps the eye above it too.
      this.orbit.pitch = clamp(this.orbit.pitch - (dyPx / heightPx) * Math.PI, -89 * DEGREE, 30 * DEGREE);
    } else {
      this.pan(dxPx, dyPx);
    }
    this.onChange();
  }

  /** Moves the point of interest with the pointer. */
  pan(dxPx: number, dyPx: number): void {
    this.flight = null;
    const { heightPx } = this.framePx;
    if (this.mode === "audience" || this.mode === "vehicle") return this.drag(dxPx, dyPx);
    this.fitting.delete(this.mode);
    if (this.mode === "free") {
      const perPixel = this.spanM / heightPx;
      const up = new Vector3().crossVectors(rightOf(this.free.yaw), forward(this.free.yaw, this.free.pitch));
      this.free.positionM.addScaledVector(rightOf(this.free.yaw), -dxPx * perPixel).addScaledVector(up, dyPx * perPixel);
      this.free.positionM.z = Math.max(this.free.positionM.z, LEAST_HEIGHT_M);
    } else if (this.mode === "orbit") {
      const { targetM, yaw, pitch, distanceM } = this.orbit;
      const perPixel = (2 * distanceM * Math.tan(ORBIT_FOV / 2)) / freePx(this.framePx).h;
      const right = rightOf(yaw);
      const up = new Vector3().crossVectors(right, forward(yaw, pitch));
      targetM.addScaledVector(right, -dxPx * perPixel).addScaledVector(up, dyPx * perPixel);
      targetM.z = Math.max(targetM.z, 0);
    } else if (this.mode === "top") {
      const perPixel = this.top.extentM / freePx(this.framePx).h;
      this.top.targetM.x -= dxPx * perPixel;
      this.top.targetM.y += dyPx * perPixel;
    } else {
      const perPixel = this.side.extentM / freePx(this.framePx).h;
      this.side.targetM.y -= dxPx * perPixel;
      this.side.targetM.z += dyPx * perPixel;
    }
    this.onChange();
  }

  /** Comes nearer (factor below 1) or goes away. */
  zoom(factor: number): void {
    this.fitting.delete(this.mode);
    if (this.mode === "audience") {
      this.look.fov = clamp(this.look.fov * factor, 4 * DEGREE, 130 * DEGREE);
    } else if (this.mode === "orbit") {
      this.orbit.distanceM = clamp(this.orbit.distanceM * factor, 2, MAX_DISTANCE_M);
    } else if (this.mode === "free") {
      this.free.positionM.addScaledVector(forward(this.free.yaw, this.free.pitch), (1 - factor) * 0.5 * this.spanM);
      this.free.positionM.z = Math.max(this.free.positionM.z, LEAST_HEIGHT_M);
    } else if (this.mode !== "vehicle") {
      const plan = this.mode === "top" ? this.top : this.side;
      plan.extentM = clamp(plan.extentM * factor, 2, MAX_DISTANCE_M);
    }
    this.onChange();
  }

  hold(move: Move, held: boolean): void {
    if (held && this.mode === "free") this.held.add(move);
    else this.held.delete(move);
    if (this.held.size === 0) this.heldMs = -1;
  }

  releaseAll(): void {
    this.held.clear();
    this.heldMs = -1;
  }

  /** Moves in free flight by the keys that are held. True while it does. */
  private steer(nowMs: number): boolean {
    const { held, free } = this;
    if (held.size === 0 || this.mode !== "free") return false;
    const s = this.heldMs < 0 ? 0.016 : Math.min((nowMs - this.heldMs) / 1000, 0.25);
    this.heldMs = nowMs;
    const both = (plus: Move, minus: Move): number => (held.has(plus) ? 1 : 0) - (held.has(minus) ? 1 : 0);
    const stepM = ((this.spanM + free.positionM.distanceTo(this.orbit.targetM)) / 2 / CROSSING_S) * (held.has("faster") ? FASTER : 1) * s;
    free.yaw = wrap(free.yaw + both("turn-right", "turn-left") * TURN_PER_S * s);
    free.pitch = clamp(free.pitch + both("look-up", "look-down") * TURN_PER_S * s, -88 * DEGREE, 88 * DEGREE);
    free.positionM.addScaledVector(forward(free.yaw, free.pitch), both("ahead", "back") * stepM);
    free.positionM.addScaledVector(rightOf(free.yaw), both("right", "left") * stepM);
    free.positionM.z = clamp(free.positionM.z + both("up", "down") * stepM, LEAST_HEIGHT_M, MAX_DISTANCE_M);
    this.onChange();
    return true;
  }

  /** Moves the camera on its flight between two views, or by the keys that are held. True while it moves. */
  update(nowMs: number): boolean {
    const moving = this.steer(nowMs);
    const goal = this.goal();
    if (this.flight) {
      const { from } = this.flight;
      if (this.flight.startedMs < 0) this.flight.startedMs = nowMs;
      const u = (nowMs - this.flight.startedMs) / FLIGHT_MS;
      if (u < 1 && !this.reducedMotion.matches) {
        const e = ease(clamp(u, 0, 1));
        this.apply({
          positionM: from.positionM.clone().lerp(goal.positionM, e),
          yaw: from.yaw + e * wrap(goal.yaw - from.yaw),
          pitch: from.pitch + e * (goal.pitch - from.pitch),
          fov: Math.exp(Math.log(from.fov) + e * (Math.log(goal.fov) - Math.log(from.fov))),
        });
        return true;
      }
      this.flight = null;
    }
    this.apply(goal);
    return moving;
  }

  private last: Pose = { positionM: new Vector3(), yaw: 0, pitch: 0, fov: 1 };

  private fly(): void {
    this.flight = { from: { ...this.last, positionM: this.last.positionM.clone() }, startedMs: -1 };
  }

  private goal(): Pose {
    switch (this.mode) {
      case "audience":
        return { positionM: this.eyesM[this.audience], ...this.look };
      case "orbit": {
        const { targetM, yaw, pitch, distanceM } = this.orbit;
        const positionM = targetM.clone().addScaledVector(forward(yaw, pitch), -distanceM);
        positionM.z = Math.max(positionM.z, LEAST_HEIGHT_M);
        return { positionM, yaw, pitch, fov: wholeFov(ORBIT_FOV, this.framePx) };
      }
      case "top": {
        const heightM = this.top.extentM / 2 / Math.tan(PLAN_FOV / 2);
        const positionM = new Vector3(this.top.targetM.x, this.top.targetM.y, this.top.targetM.z + heightM);
        return { positionM, yaw: 0, pitch: -Math.PI / 2, fov: wholeFov(PLAN_FOV, this.framePx) };
      }
      case "side": {
        const distanceM = this.side.extentM / 2 / Math.tan(PLAN_FOV / 2);
        const { x, y, z } = this.side.targetM;
        return { positionM: new Vector3(x + distanceM, y, z), yaw: -Math.PI / 2, pitch: 0, fov: wholeFov(PLAN_FOV, this.framePx) };
      }
      case "free":
        return { positionM: this.free.positionM.clone(), yaw: this.free.yaw, pitch: this.free.pitch, fov: FREE_FOV };
      case "vehicle": {
        const positionM = this.vehicleM.clone();
        positionM.z = Math.max(positionM.z, LEAST_HEIGHT_M);
        return { positionM, ...this.eye, fov: VEHICLE_FOV };
      }
    }
  }

  private apply(pose: Pose): void {
    this.last = pose;
    const { camera } = this;
    const { widthPx, heightPx, covered } = this.framePx;
    const ahead = forward(pose.yaw, pose.pitch);
    const right = rightOf(pose.yaw);
    const up = new Vector3().crossVectors(right, ahead);
    camera.quaternion.setFromRotationMatrix(new Matrix4().makeBasis(right, up, ahead.negate()));
    camera.position.copy(pose.positionM);
    camera.fov = pose.fov / DEGREE;
    camera.aspect = widthPx / heightPx;
    camera.near = clamp(pose.positionM.distanceTo(this.orbit.targetM) / 400, 0.1, 20);
    camera.setViewOffset(widthPx, heightPx, covered.right / 2, (covered.bottom - covered.top) / 2, widthPx, heightPx);
    camera.updateMatrixWorld();
  }
}
