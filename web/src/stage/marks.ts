/** What is pointed at: selected vehicles with their paths, and the pair or vehicle of a finding. */

import { Group } from "three";
import type { TrajectorySampler } from "../kit/fleet/trajectory";
import { Ribbon, Segments, type Colour } from "./ribbon";

const PATH_STEP_MS = 200;
const PATH: Colour = [1.0, 0.86, 0.60, 0.95];
const PAIR: Colour = [1.0, 0.36, 0.30, 0.95];

/** Paths of the selected vehicles: each built once, told the time each frame. */
export class PathMarks {
  readonly group = new Group();
  private readonly ribbons = new Map<number, Ribbon>();

  constructor(
    private readonly trajectories: TrajectorySampler,
    private readonly durationMs: number,
  ) {}

  update(vehicles: readonly number[], tMs: number): void {
    for (const [vehicle, ribbon] of this.ribbons) {
      if (vehicles.includes(vehicle)) continue;
      ribbon.removeFromParent();
      ribbon.dispose();
      this.ribbons.delete(vehicle);
    }
    for (const vehicle of vehicles) {
      let ribbon = this.ribbons.get(vehicle);
      if (!ribbon) {
        ribbon = this.build(vehicle);
        this.ribbons.set(vehicle, ribbon);
        this.group.add(ribbon);
      }
      ribbon.nowS = tMs / 1000;
    }
  }

  private build(vehicle: number): Ribbon {
    const segments = new Segments();
    let from = this.trajectories.position(vehicle, 0);
    let fromMs = 0;
    for (let tMs = PATH_STEP_MS; tMs < this.durationMs + PATH_STEP_MS; tMs += PATH_STEP_MS) {
      const nowMs = Math.min(tMs, this.durationMs);
      const to = this.trajectories.position(vehicle, nowMs);
      // A vehicle at rest makes no line.
      if (Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]) > 1e-3) {
        segments.add(from, to, PATH, PATH, fromMs / 1000, nowMs / 1000);
      }
      from = to;
      fromMs = nowMs;
    }
    return new Ribbon(segments, { leastPx: 1.6, solid: 0.4, path: true, depthTest: false, renderOrder: 55 });
  }
}

/** A line between the two vehicles of a pair. */
export class PairMark {
  readonly ribbon = new Ribbon(new Segments().add([0, 0, 0], [0, 0, 0], PAIR), {
    leastPx: 2,
    solid: 0.7,
    depthTest: false,
    renderOrder: 70,
  });

  hide(): void {
    this.ribbon.visible = false;
  }

  show(a: ArrayLike<number>, b: ArrayLike<number>): void {
    this.ribbon.setSegments(new Segments().add(a, b, PAIR));
  }
}
