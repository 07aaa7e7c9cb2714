/**
 * The four cameras. The scene frame is the site frame itself (x right, y ahead, z up, metres): no axis is swapped, so
 * nothing can come out mirrored.
 *
 * Every camera comes down to one pose: a position, a direction (yaw from +y towards +x, pitch upwards, radians) and a
 * vertical field of view. Top and side view are far cameras with a narrow field, nearly orthographic.
 */

import { Matrix4, PerspectiveCamera, Vector3 } from "three";
import type { Vec2M, Vec3M } from "../wire/reader";
import type { Audience } from "../wire/show";
import type { CameraMode, CameraPort } from "./props";

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

const DEGREE = Math.PI / 180;
const ORBIT_FOV = 42 * DEGREE;
const PLAN_FOV = 10 * DEGREE;
const FLIGHT_MS = 900;
const MAX_DISTANCE_M = 4000;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
const ease = (u: number): number => u * u * u * (u * (6 * u - 15) + 10);
const wrap = (angle: number): number => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

function forward(yaw: number, pitch: number): Vector3 {
  return new Vector3(Math.sin(yaw) * Math.cos(pitch), Math.cos(yaw) * Math.cos(pitch), Math.sin(pitch));
}

/** Least and greatest x (axis 0) or y (axis 1) of what flies and of the fence. */
function reach(axis: 0 | 1, bounds: BoundsM, fenceM: readonly Vec2M[]): [number, number] {
  const values = [bounds.min[axis], bounds.max[axis], ...fenceM.map((point) => point[axis])];
  return [Math.min(...values), Math.max(...values)];
}

export class Rig implements CameraPort {
  readonly camera = new PerspectiveCamera(50, 1, 0.5, 20_000);
  mode: CameraMode = "audience";

  private readonly eyeM: Vector3;
  private readonly audience: { yaw: number; pitch: number; fov: number };
  private readonly orbit: { targetM: Vector3; yaw: number; pitch: number; distanceM: number };
  /** Centre and visible height of the two plans. */
  private readonly top: { targetM: Vector3; extentM: number };
  private readonly side: { targetM: Vector3; extentM: number };

  private flight: { from: Pose; startedMs: number } | null = null;
  private widthPx = 1;
  private heightPx = 1;
  private shiftXPx = 0;
  private shiftYPx = 0;
  private readonly reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(
    audience: Audience | undefined,
    bounds: BoundsM,
    private readonly onChange: () => void,
    fenceM: readonly Vec2M[] = [],
  ) {
    const centre = new Vector3(
      (bounds.min[0] + bounds.max[0]) / 2,
      (bounds.min[1] + bounds.max[1]) / 2,
      (bounds.min[2] + bounds.max[2]) / 2,
    );
    const size = new Vector3(
      bounds.max[0] - bounds.min[0],
      bounds.max[1] - bounds.min[1],
      bounds.max[2] - bounds.min[2],
    );
    const span = Math.max(size.x, size.y, size.z, 20);
    this.eyeM = audience ? new Vector3(...audience.eye_m) : new Vector3(centre.x, bounds.min[1] - 1.5 * span, 3);
    const look = (audience ? new Vector3(...audience.look_at_m) : centre).clone().sub(this.eyeM);
    const yaw = Math.atan2(look.x, look.y);
    const pitch = Math.atan2(look.z, Math.hypot(look.x, look.y));
    this.audience = { yaw, pitch, fov: 48 * DEGREE };
    this.orbit = { targetM: centre.clone(), yaw: yaw + 28 * DEGREE, pitch: -14 * DEGREE, distanceM: 1.45 * span + 30 };
    // The plans show the whole fence, which is what an operator looks for in them.
    const [left, right] = reach(0, bounds, fenceM);
    const [near, far] = reach(1, bounds, fenceM);
    const middle = new Vector3((left + right) / 2, (near + far) / 2, centre.z);
    this.top = { targetM: middle, extentM: 1.35 * Math.max(far - near, 0.6 * (right - left), 30) };
    this.side = { targetM: middle.clone(), extentM: 1.5 * Math.max(size.z, 0.6 * (far - near), 30) };
    this.apply(this.goal());
  }

  setMode(mode: CameraMode): void {
    this.fly();
    this.mode = mode;
    this.onChange();
  }

  frame(centreM: Vec3M, radiusM: number): void {
    this.fly();
    this.mode = "orbit";
    this.orbit.targetM.set(...centreM);
    this.orbit.distanceM = clamp(radiusM / Math.tan(ORBIT_FOV / 2), 8, MAX_DISTANCE_M);
    this.onChange();
  }

  numbers(): number[] {
    switch (this.mode) {
      case "audience":
        return [this.audience.yaw / DEGREE, this.audience.pitch / DEGREE, this.audience.fov / DEGREE];
      case "orbit": {
        const { targetM, yaw, pitch, distanceM } = this.orbit;
        return [...targetM.toArray(), wrap(yaw) / DEGREE, pitch / DEGREE, distanceM];
      }
      case "top":
        return [this.top.targetM.x, this.top.targetM.y, this.top.extentM];
      case "side":
        return [this.side.targetM.y, this.side.targetM.z, this.side.extentM];
    }
  }

  restore(mode: CameraMode, numbers: number[]): void {
    this.mode = mode;
    this.flight = null;
    const at = (i: number, otherwise: number): number => numbers[i] ?? otherwise;
    if (mode === "audience") {
      const { audience } = this;
      audience.yaw = at(0, audience.yaw / DEGREE) * DEGREE || audience.yaw;
      audience.pitch = numbers.length > 1 ? numbers[1] * DEGREE : audience.pitch;
      audience.fov = clamp(at(2, audience.fov / DEGREE), 4, 100) * DEGREE;
    } else if (mode === "orbit" && numbers.length === 6) {
      this.orbit.targetM.set(numbers[0], numbers[1], numbers[2]);
      this.orbit.yaw = numbers[3] * DEGREE;
      this.orbit.pitch = clamp(numbers[4], -89, 30) * DEGREE;
      this.orbit.distanceM = clamp(numbers[5], 2, MAX_DISTANCE_M);
    } else if (mode === "top" && numbers.length === 3) {
      this.top.targetM.set(numbers[0], numbers[1], this.top.targetM.z);
      this.top.extentM = clamp(numbers[2], 2, MAX_DISTANCE_M);
    } else if (mode === "side" && numbers.length === 3) {
      this.side.targetM.set(this.side.targetM.x, numbers[0], numbers[1]);
      this.side.extentM = clamp(numbers[2], 2, MAX_DISTANCE_M);
    }
    this.onChange();
  }

  /** Tells the size of the picture and how much of it panels cover on the right and at the bottom, CSS pixels. */
  resize(widthPx: number, heightPx: number, coveredRightPx: number, coveredBottomPx: number): void {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.shiftXPx = coveredRightPx / 2;
    this.shiftYPx = coveredBottomPx / 2;
  }

  /** Turns (audience, orbit) or pans (top, side) by a drag of so many pixels. */
  drag(dxPx: number, dyPx: number): void {
    this.flight = null;
    if (this.mode === "audience") {
      const perPixel = this.audience.fov / this.heightPx;
      this.audience.yaw = wrap(this.audience.yaw - dxPx * perPixel);
      this.audience.pitch = clamp(this.audience.pitch + dyPx * perPixel, -40 * DEGREE, 88 * DEGREE);
    } else if (this.mode === "orbit") {
      this.orbit.yaw += (dxPx / this.heightPx) * Math.PI;
      // Never below the ground by the angle alone; `apply` keeps the eye above it too.
      this.orbit.pitch = clamp(this.orbit.pitch - (dyPx / this.heightPx) * Math.PI, -89 * DEGREE, 30 * DEGREE);
    } else {
      this.pan(dxPx, dyPx);
    }
    this.onChange();
  }

  /** Moves the point of interest with the pointer. */
  pan(dxPx: number, dyPx: number): void {
    this.flight = null;
    if (this.mode === "audience") return this.drag(dxPx, dyPx);
    if (this.mode === "orbit") {
      const { targetM, yaw, pitch, distanceM } = this.orbit;
      const perPixel = (2 * distanceM * Math.tan(ORBIT_FOV / 2)) / this.heightPx;
      const right = new Vector3(Math.cos(yaw), -Math.sin(yaw), 0);
      const up = new Vector3().crossVectors(right, forward(yaw, pitch));
      targetM.addScaledVector(right, -dxPx * perPixel).addScaledVector(up, dyPx * perPixel);
      targetM.z = Math.max(targetM.z, 0);
    } else if (this.mode === "top") {
      const perPixel = this.top.extentM / this.heightPx;
      this.top.targetM.x -= dxPx * perPixel;
      this.top.targetM.y += dyPx * perPixel;
    } else {
      const perPixel = this.side.extentM / this.heightPx;
      this.side.targetM.y -= dxPx * perPixel;
      this.side.targetM.z += dyPx * perPixel;
    }
    this.onChange();
  }

  /** Comes nearer (factor below 1) or goes away. */
  zoom(factor: number): void {
    if (this.mode === "audience") {
      this.audience.fov = clamp(this.audience.fov * factor, 4 * DEGREE, 100 * DEGREE);
    } else if (this.mode === "orbit") {
      this.orbit.distanceM = clamp(this.orbit.distanceM * factor, 2, MAX_DISTANCE_M);
    } else {
      const plan = this.mode === "top" ? this.top : this.side;
      plan.extentM = clamp(plan.extentM * factor, 2, MAX_DISTANCE_M);
    }
    this.onChange();
  }

  /** Moves the camera on its flight between two views. True while it flies. */
  update(nowMs: number): boolean {
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
    return false;
  }

  private last: Pose = { positionM: new Vector3(), yaw: 0, pitch: 0, fov: 1 };

  private fly(): void {
    this.flight = { from: { ...this.last, positionM: this.last.positionM.clone() }, startedMs: -1 };
  }

  private goal(): Pose {
    switch (this.mode) {
      case "audience":
        return { positionM: this.eyeM, ...this.audience };
      case "orbit": {
        const { targetM, yaw, pitch, distanceM } = this.orbit;
        const positionM = targetM.clone().addScaledVector(forward(yaw, pitch), -distanceM);
        positionM.z = Math.max(positionM.z, 1);
        return { positionM, yaw, pitch, fov: ORBIT_FOV };
      }
      case "top": {
        const heightM = this.top.extentM / 2 / Math.tan(PLAN_FOV / 2);
        const positionM = new Vector3(this.top.targetM.x, this.top.targetM.y, this.top.targetM.z + heightM);
        return { positionM, yaw: 0, pitch: -Math.PI / 2, fov: PLAN_FOV };
      }
      case "side": {
        const distanceM = this.side.extentM / 2 / Math.tan(PLAN_FOV / 2);
        const { x, y, z } = this.side.targetM;
        return { positionM: new Vector3(x + distanceM, y, z), yaw: -Math.PI / 2, pitch: 0, fov: PLAN_FOV };
      }
    }
  }

  private apply(pose: Pose): void {
    this.last = pose;
    const { camera } = this;
    const ahead = forward(pose.yaw, pose.pitch);
    const right = new Vector3(Math.cos(pose.yaw), -Math.sin(pose.yaw), 0);
    const up = new Vector3().crossVectors(right, ahead);
    camera.quaternion.setFromRotationMatrix(new Matrix4().makeBasis(right, up, ahead.negate()));
    camera.position.copy(pose.positionM);
    camera.fov = pose.fov / DEGREE;
    camera.aspect = this.widthPx / this.heightPx;
    camera.near = clamp(pose.positionM.length() / 400, 0.3, 20);
    camera.setViewOffset(this.widthPx, this.heightPx, this.shiftXPx, this.shiftYPx, this.widthPx, this.heightPx);
    camera.updateMatrixWorld();
  }
}
