/** The picture: puts the parts of the scene together and draws a frame whenever something has changed. */

import { Matrix4, Scene, Vector3, type Object3D, type WebGLRenderer } from "three";
import type { Fleet } from "../wire/fleet";
import { areasOf } from "../kit/areas";
import { formatQuantity } from "../kit/format";
import { cityMesh } from "./city";
import { attachControls } from "./controls";
import { Ground } from "./ground";
import { heatMesh } from "./heat";
import { Labels, type Label } from "./labels";
import { PairMark, PathMarks } from "./marks";
import { pick, project } from "./picking";
import type { StageEvents, StageShow, StageView } from "./props";
import { makeRenderer } from "./renderer";
import { setRibbonViewport } from "./ribbon";
import { Rig, type BoundsM } from "./rig";
import { audienceObjects, fenceObjects, keepOutObjects, Pads, roadObjects } from "./site";
import { Sky } from "./sky";
import { Swarm } from "./swarm";
import { towerObjects } from "./tower";

const PICK_REACH_PX = 16;
/** Longest step of the show's clock per frame, so that a sleeping page does not jump. */
const MAX_FRAME_MS = 250;

function boundsOf(fleet: Fleet): BoundsM {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  const { pointsM } = fleet;
  for (let i = 0; i < pointsM.length; i++) {
    const axis = i % 3;
    if (pointsM[i] < min[axis]) min[axis] = pointsM[i];
    if (pointsM[i] > max[axis]) max[axis] = pointsM[i];
  }
  return pointsM.length > 0 ? { min, max } : { min: [-50, -50, 0], max: [50, 50, 50] };
}

export class Stage {
  readonly rig: Rig;
  readonly swarm: Swarm;
  readonly software: boolean;
  /** Time between the last frames and time spent in drawing each, milliseconds. */
  readonly frames: { intervalMs: number[]; workMs: number[] } = { intervalMs: [], workMs: [] };

  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly sky = new Sky();
  private readonly ground: Ground;
  private readonly pads: Pads;
  private readonly fence: Object3D | null;
  private readonly keepOuts: Object3D;
  private readonly mirrors: Object3D[] = [];
  private readonly paths: PathMarks;
  private heat: Object3D | null = null;
  private readonly pair = new PairMark();
  private readonly labels: Labels;
  private readonly places: Label[];
  private readonly viewProjection = new Matrix4();
  private readonly detach: () => void;
  private readonly observer: ResizeObserver;
  private request = 0;
  private lastMs = -1;
  private shownMs = NaN;
  private shownKey = "";
  private dirty = true;
  private widthPx = 1;
  private heightPx = 1;
  private readonly covered = { top: 0, right: 0, bottom: 0 };

  /** `view` is asked at each frame for what is shown. Throws `NoPicture` when there is no WebGL. */
  constructor(
    private readonly container: HTMLElement,
    labelContainer: HTMLElement,
    private readonly on: StageShow,
    private readonly view: () => StageView,
    private readonly events: StageEvents,
  ) {
    const { show, trajectories } = on;
    const { fleet } = trajectories;
    const { environment } = show;
    const { renderer, software } = makeRenderer();
    this.renderer = renderer;
    this.software = software;
    // Blurred glass costs more than it is worth where the processor draws.
    document.documentElement.classList.toggle("software", software);
    const cameraMoved = (): void => {
      this.dirty = true;
      events.onCameraMove();
    };
    this.rig = new Rig(environment.audiences[0], boundsOf(fleet), cameraMoved, environment.geofence?.polygon_m);
    this.swarm = new Swarm(show.vehicle_count);
    this.ground = new Ground(environment);
    this.pads = new Pads(show.vehicles);
    this.fence = environment.geofence
      ? fenceObjects(environment.geofence, show.limits.max_altitude_m)
      : null;
    this.keepOuts = keepOutObjects(environment.keep_outs);
    this.paths = new PathMarks(trajectories, show.duration_ms);
    this.labels = new Labels(labelContainer);
    this.places = this.placeLabels();

    const towers = environment.landmarks.flatMap(({ shape, centre_m }) =>
      shape.kind === "hyperboloid-tower" ? [towerObjects(shape, centre_m)] : [],
    );
    if (environment.waters.length > 0) {
      this.mirrors.push(this.swarm.mirror, ...towers.flatMap(({ mirror }) => mirror));
    }
    const city = cityMesh(environment.landmarks);
    this.scene.add(
      this.sky.dome,
      this.sky.stars,
      ...(city ? [city] : []),
      ...this.ground.objects,
      ...towers.flatMap(({ objects }) => objects),
      ...this.mirrors,
      ...(this.fence ? [this.fence] : []),
      this.keepOuts,
      ...roadObjects(environment.roads),
      ...audienceObjects(areasOf(environment.audiences)),
      this.pads.points,
      this.swarm.points,
      this.paths.group,
      this.pair.ribbon,
    );

    const canvas = renderer.domElement;
    canvas.setAttribute("aria-hidden", "true");
    container.append(canvas);
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      events.onFault("The graphics were interrupted by the system.");
    });
    canvas.addEventListener("webglcontextrestored", () => {
      events.onFault("");
      this.dirty = true;
    });
    this.detach = attachControls(canvas, this.rig, (x, y) => {
      const found = this.pick(x, y);
      if (found !== null) events.onPick(found);
    });
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(container);
    this.resize();
    this.request = requestAnimationFrame(this.frame);
  }

  /** Vehicle at a pixel of the picture. */
  pick(xPx: number, yPx: number): number | null {
    return pick(this.viewProjection, this.swarm.positionsM, xPx, yPx, this.widthPx, this.heightPx, PICK_REACH_PX);
  }

  /** Pixel of a vehicle; null when it is behind the camera or there is no such vehicle. */
  pixelOf(vehicle: number): { xPx: number; yPx: number } | null {
    if (!(vehicle >= 0 && vehicle < this.on.show.vehicle_count)) return null;
    return project(this.viewProjection, this.swarm.positionsM, 3 * vehicle, this.widthPx, this.heightPx);
  }

  /** Pixel of a point of the site; null when it is behind the camera. */
  pixelOfPoint(pointM: readonly number[]): { xPx: number; yPx: number } | null {
    return project(this.viewProjection, Float32Array.from(pointM), 0, this.widthPx, this.heightPx);
  }

  /** Draws now, and reads the picture back: red, green, blue, alpha of each pixel, from the upper left corner. */
  snapshot(): ImageData {
    this.draw(performance.now(), true);
    const canvas = document.createElement("canvas");
    canvas.width = this.widthPx;
    canvas.height = this.heightPx;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no 2-D canvas");
    context.drawImage(this.renderer.domElement, 0, 0, this.widthPx, this.heightPx);
    return context.getImageData(0, 0, this.widthPx, this.heightPx);
  }

  /** Takes the picture out of the page. */
  dispose(): void {
    cancelAnimationFrame(this.request);
    this.observer.disconnect();
    this.detach();
    this.swarm.dispose();
    this.renderer.domElement.remove();
    this.renderer.dispose();
  }

  private resize(): void {
    this.widthPx = Math.max(1, this.container.clientWidth);
    this.heightPx = Math.max(1, this.container.clientHeight);
    this.renderer.setSize(this.widthPx, this.heightPx);
    const ratio = this.renderer.getPixelRatio();
    setRibbonViewport(this.widthPx * ratio, this.heightPx * ratio);
    this.dirty = true;
  }

  private readonly frame = (nowMs: number): void => {
    this.request = requestAnimationFrame(this.frame);
    const elapsedMs = this.lastMs < 0 ? 0 : nowMs - this.lastMs;
    this.lastMs = nowMs;
    this.events.onFrame(Math.min(elapsedMs, MAX_FRAME_MS));
    const startMs = performance.now();
    if (this.draw(nowMs, false)) {
      const { intervalMs, workMs } = this.frames;
      intervalMs.push(elapsedMs);
      workMs.push(performance.now() - startMs);
      if (intervalMs.length > 240) {
        intervalMs.shift();
        workMs.shift();
      }
    }
  };

  /** Draws a frame if anything has changed since the last one, or always when told so. */
  private draw(nowMs: number, always: boolean): boolean {
    const { rig } = this;
    const view = this.view();
    const { tMs, layers, selected, pair, finding, heat } = view;
    const sliding = this.slideCover(view);
    const flying = rig.update(nowMs);
    const key = JSON.stringify([layers, selected, pair, finding, heat !== null]);
    if (!always && !this.dirty && !flying && !sliding && tMs === this.shownMs && key === this.shownKey) return false;
    this.dirty = false;
    this.shownKey = key;
    if (tMs !== this.shownMs) {
      this.shownMs = tMs;
      this.on.trajectories.positions(tMs, this.swarm.positionsM);
      this.on.lights.colours(tMs, this.swarm.colours);
      this.swarm.changed();
      this.lightGround(tMs);
    }

    const { camera } = rig;
    const ratio = this.renderer.getPixelRatio();
    const heightPx = this.heightPx * ratio;
    const fov = (camera.fov * Math.PI) / 180;
    this.viewProjection.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
    this.swarm.setView(heightPx, fov, ratio, layers.dark, tMs / 1000);
    this.pads.setView(heightPx, fov, ratio);
    this.sky.setView(camera, ratio);
    this.pads.points.visible = layers.pads;
    if (this.fence) this.fence.visible = layers.fence;
    this.keepOuts.visible = layers.keepouts;
    for (const mirror of this.mirrors) mirror.visible = layers.reflections;
    if (heat && !this.heat) this.scene.add((this.heat = heatMesh(heat.footprint, heat.scale)));
    if (this.heat) this.heat.visible = heat !== null;
    this.paths.update([...new Set([...(selected === null ? [] : [selected]), ...(pair ?? [])])], tMs);
    this.labels.update(this.currentLabels(view), camera, this.widthPx, this.heightPx);
    this.renderer.render(this.scene, camera);
    return true;
  }

  /** Moves the middle of the picture to the middle of what panels leave free, smoothly. True while it moves. */
  private slideCover({ covered: goal }: StageView): boolean {
    const { covered } = this;
    const first = this.shownKey === "";
    let moving = false;
    for (const side of ["top", "right", "bottom"] as const) {
      const gap = goal[side] - covered[side];
      if (gap === 0) continue;
      covered[side] = first || Math.abs(gap) < 1 ? goal[side] : covered[side] + 0.25 * gap;
      moving = true;
    }
    this.rig.resize(this.widthPx, this.heightPx, covered.right, covered.bottom - covered.top);
    return moving;
  }

  /** Middle and mean colour of all lights, for the ground under them. */
  private lightGround(tMs: number): void {
    const { positionsM, colours } = this.swarm;
    const count = colours.length / 4;
    const at = new Vector3();
    const colour = new Vector3();
    let weight = 1e-6;
    for (let i = 0; i < count; i++) {
      const [r, g, b] = [colours[4 * i], colours[4 * i + 1], colours[4 * i + 2]];
      const power = r + g + b;
      if (power === 0) continue;
      colour.x += r;
      colour.y += g;
      colour.z += b;
      weight += power;
      at.x += power * positionsM[3 * i];
      at.y += power * positionsM[3 * i + 1];
      at.z += power * positionsM[3 * i + 2];
    }
    at.divideScalar(weight);
    colour.multiplyScalar(1 / (255 * Math.max(count, 1)));
    this.ground.setLight(at, colour, tMs / 1000);
  }

  private placeLabels(): Label[] {
    const { landmarks, waters, roads, audiences, keep_outs } = this.on.show.environment;
    const middle = (polygon: readonly (readonly [number, number])[]): [number, number, number] => [
      polygon.reduce((sum, p) => sum + p[0], 0) / polygon.length,
      polygon.reduce((sum, p) => sum + p[1], 0) / polygon.length,
      1,
    ];
    let places = 0;
    const place = (text: string, atM: ArrayLike<number>): Label => ({ key: `place ${places++}`, text, kind: "place", atM });
    // A building to keep out of may be a stack of volumes: its highest bears the label.
    const highest = new Map<string, (typeof keep_outs)[number]>();
    for (const volume of keep_outs) {
      const known = highest.get(volume.name);
      if (!known || known.shape.top_m < volume.shape.top_m) highest.set(volume.name, volume);
    }
    return [
      ...landmarks.flatMap(({ name, centre_m, shape }) =>
        shape.kind === "hyperboloid-tower" ? [place(name, [...centre_m, shape.total_height_m])] : [],
      ),
      ...[...waters, ...roads].map(({ name, polygon_m }) => place(name, middle(polygon_m))),
      ...areasOf(audiences).map(({ name, polygon_m }) => place(name, middle(polygon_m))),
      ...[...highest.values()].map(({ name, shape }) =>
        place(
          `Keep out: ${name}`,
          shape.kind === "cylinder"
            ? [...shape.centre_m, shape.top_m]
            : [...middle(shape.polygon_m).slice(0, 2), shape.top_m],
        ),
      ),
    ];
  }

  private currentLabels({ layers, selected, pair, finding }: StageView): Label[] {
    const { show } = this.on;
    const at = (vehicle: number): Float32Array => this.swarm.positionsM.subarray(3 * vehicle, 3 * vehicle + 3);
    const labels = layers.labels ? this.places.filter(({ text }) => layers.keepouts || !text.startsWith("Keep out")) : [];
    if (selected !== null) {
      labels.push({ key: "selected", text: show.vehicles[selected].name, kind: "vehicle", atM: at(selected) });
    }
    const marked = finding ? finding.filter((i) => i < show.vehicle_count) : (pair ?? []);
    const acrossPx = marked.map((vehicle) => this.pixelOf(vehicle)?.xPx ?? 0);
    marked.forEach((vehicle, i) => {
      if (vehicle === selected) return;
      // The names of a pair stand outwards, to the left and to the right, or they would cover each other.
      const left = marked.length === 2 && (i === 0 ? acrossPx[0] <= acrossPx[1] : acrossPx[1] < acrossPx[0]);
      const kind = finding ? (left ? "finding-left" : "finding") : left ? "vehicle-left" : "vehicle";
      labels.push({ key: `${kind} ${vehicle}`, text: show.vehicles[vehicle].name, kind, atM: at(vehicle) });
    });
    if (marked.length === 2) {
      const [a, b] = [at(marked[0]), at(marked[1])];
      this.pair.show(a, b);
      const distanceM = Math.hypot(a[0] - b[0], a[1] - b[1], (a[2] - b[2]) / show.limits.downwash_scale);
      labels.push({
        key: "distance",
        text: formatQuantity(distanceM, "m"),
        kind: "distance",
        atM: [0, 1, 2].map((k) => (a[k] + b[k]) / 2),
      });
    } else {
      this.pair.hide();
    }
    return labels;
  }
}
