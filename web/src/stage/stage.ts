/**
 * The picture: puts the parts of the scene together and draws a frame whenever something has changed.
 *
 * The place (sky, ground, buildings, marks on the ground) is drawn into a backdrop that is kept while the camera stands; a frame
 * is that backdrop and the lights. Where the processor draws, the place is coarse while the camera moves, the lights a little so
 * while the show plays, and their light falls on the ground a little later.
 */

import { t } from "../kit/language.svelte";
import { Matrix4, Scene, Vector3, type Object3D, type WebGLRenderer } from "three";
import type { Fleet } from "../wire/fleet";
import { areasOf } from "../kit/areas";
import { formatQuantity } from "../kit/format";
import { Backdrop } from "./backdrop";
import { bodyMesh } from "./bodies";
import { cityMesh } from "./city";
import { attachControls } from "./controls";
import { Exposure } from "./exposure";
import { isLit, middleInstantsMs, outermost } from "./framing";
import { Ghosts } from "./ghosts";
import { Ground } from "./ground";
import { heatMesh } from "./heat";
import { Labels, type Label } from "./labels";
import { OPTICS, PALETTES } from "./looks";
import { PairMark, PathMarks } from "./marks";
import { Atmosphere } from "./moods";
import { pick, project } from "./picking";
import type { StageEvents, StageShow, StageView } from "./props";
import { makeRenderer } from "./renderer";
import { setRibbonViewport } from "./ribbon";
import { Rig, type BoundsM, type ToBeSeen } from "./rig";
import { audienceObjects, fenceObjects, keepOutObjects, outlineObjects, Pads, roadObjects } from "./site";
import { Sky } from "./sky";
import { typicalSpacingM } from "./spacing";
import { Swarm } from "./swarm";
import { towerObjects } from "./tower";

const PICK_REACH_PX = 16;
/** Longest step of the show's clock per frame, so that a sleeping page does not jump. */
const MAX_FRAME_MS = 250;
/** Samples of a pixel of the place, where the graphics card draws. */
const SAMPLES = 4;
/** Where the processor draws: share of the pixels' rows and columns while the camera moves, and how long it must stand for all of them. */
const COARSE = 0.5;
const SETTLED_MS = 160;
/** Where the processor draws: share of rows and columns of the lights while the show plays, and how soon after they are sharp again. */
const RUNNING = 0.75;
const STANDS_MS = 400;
/** Where the processor draws: least time between two drawings of the place for its light alone. */
const RELIGHT_MS = 500;
/** A change of the light on the ground, as radiance, that is seen. */
const SEEN_CHANGE = 0.001;
/** At most so many vehicles are asked for their light. */
const LIGHTS_ASKED = 1500;

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

/** How far lights stand from each other in the densest picture; the least separation where no picture stands. */
function spacingOf(on: StageShow): number {
  const { show, trajectories, lights } = on;
  const at = new Float32Array(3 * show.vehicle_count);
  const colours = new Uint8Array(4 * show.vehicle_count);
  const found = middleInstantsMs(on).flatMap((tMs) => {
    trajectories.positions(tMs, at);
    lights.colours(tMs, colours);
    return typicalSpacingM(at, colours) ?? [];
  });
  return found.length > 0 ? Math.min(...found) : Math.max(show.limits.min_separation_m, 0.1);
}

function toBeSeen(on: StageShow): ToBeSeen {
  const { environment } = on.show;
  return {
    audiences: environment.audiences,
    bounds: boundsOf(on.trajectories.fleet),
    picturesM: outermost(on),
    fenceM: environment.geofence?.polygon_m ?? [],
  };
}

/** Light of each channel value of a lamp: the transfer function of sRGB. */
const LAMP = Float64Array.from({ length: 256 }, (_, i) => (i <= 10 ? i / 255 / 12.92 : ((i / 255 + 0.055) / 1.055) ** 2.4));

export class Stage {
  readonly rig: Rig;
  readonly swarm: Swarm;
  readonly software: boolean;
  /** Time between the last frames and time spent in drawing each, milliseconds. */
  readonly frames: { intervalMs: number[]; workMs: number[]; drawn: number; places: number } = { intervalMs: [], workMs: [], drawn: 0, places: 0 };

  private readonly renderer: WebGLRenderer;
  /** What changes all the time: the lights. */
  private readonly lights = new Scene();
  /** What is drawn over them. */
  private readonly scene = new Scene();
  /** What the backdrop shows. */
  private readonly place = new Scene();
  private readonly atmosphere = new Atmosphere();
  private readonly backdrop: Backdrop;
  private readonly exposure: Exposure;
  private readonly sky = new Sky(this.atmosphere);
  private readonly ground: Ground;
  private readonly pads: Pads;
  private readonly fence: Object3D | null;
  private readonly outlines: Object3D;
  private readonly keepOuts: Object3D;
  /** Mirror images of what does not move. */
  private readonly mirrors: Object3D[] = [];
  private readonly moves: boolean;
  private readonly light = { atM: new Vector3(), colour: new Vector3() };
  private readonly shownPlace = { key: "", scale: 0, drawnMs: 0, tMs: NaN, atM: new Vector3(), colour: new Vector3(), camera: new Float64Array(32) };
  private readonly camera = new Float64Array(32);
  private movedMs = -Infinity;
  /** When the time of the show changed last, and whether it had just changed before: it plays. */
  private changedMs = -Infinity;
  private running = false;
  private readonly pixelRatio: number;
  private paths: PathMarks;
  private heat: Object3D | null = null;
  private readonly pair = new PairMark();
  /** Where vehicles should be, while the picture shows where they were. */
  private readonly ghosts: Ghosts;
  private readonly labels: Labels;
  private readonly viewProjection = new Matrix4();
  private readonly detach: () => void;
  private readonly observer: ResizeObserver;
  private request = 0;
  private lastMs = -1;
  private shownMs = NaN;
  private shownFlown = "";
  private shownKey = "";
  private dirty = true;
  private widthPx = 1;
  private heightPx = 1;
  private readonly covered = { top: 0, right: 0, bottom: 0 };

  /** `view` is asked at each frame for what is shown. Throws `NoPicture` when there is no WebGL. */
  constructor(
    private readonly container: HTMLElement,
    labelContainer: HTMLElement,
    private on: StageShow,
    private readonly view: () => StageView,
    private readonly events: StageEvents,
  ) {
    const { show, trajectories } = on;
    const { environment } = show;
    const { renderer, software } = makeRenderer();
    this.renderer = renderer;
    this.pixelRatio = renderer.getPixelRatio();
    this.software = software;
    // Blurred glass costs more than it is worth where the processor draws.
    document.documentElement.classList.toggle("software", software);
    const cameraMoved = (): void => {
      this.dirty = true;
      events.onCameraMove();
    };
    this.rig = new Rig(toBeSeen(on), cameraMoved);
    const city = cityMesh(environment.landmarks, this.atmosphere);
    const bodies = bodyMesh(environment.keep_outs, this.atmosphere);
    this.backdrop = new Backdrop(software ? 0 : SAMPLES);
    const hides = environment.landmarks.length > 0 || bodies !== null;
    this.exposure = new Exposure(renderer, this.backdrop.texture);
    this.swarm = new Swarm(show.vehicle_count, show.profile.diameter_m, spacingOf(on), this.backdrop, hides);
    this.ground = new Ground(environment, this.atmosphere, environment.indoor ? 1 : 10);
    this.pads = new Pads(show.vehicles, show.profile.diameter_m);
    this.ghosts = new Ghosts(show.vehicle_count);
    this.fence = environment.geofence
      ? fenceObjects(environment.geofence, show.limits.max_altitude_m)
      : null;
    this.outlines = outlineObjects(environment.roads, areasOf(environment.audiences));
    this.keepOuts = keepOutObjects(environment.keep_outs);
    this.paths = new PathMarks(trajectories, show.duration_ms);
    this.labels = new Labels(labelContainer);

    const towers = environment.landmarks.flatMap(({ shape, centre_m }) =>
      shape.kind === "hyperboloid-tower" ? [towerObjects(shape, centre_m)] : [],
    );
    this.moves = environment.waters.length > 0 && !software;
    this.place.add(
      this.sky.dome,
      this.sky.stars,
      ...(city ? [city] : []),
      ...(bodies ? [bodies] : []),
      ...this.ground.objects,
      ...towers.flatMap(({ objects }) => objects),
      ...(this.fence ? [this.fence] : []),
      this.keepOuts,
      ...roadObjects(environment.roads),
      this.outlines,
      ...audienceObjects(areasOf(environment.audiences)),
      this.pads.points,
    );
    this.lights.add(this.swarm.points, this.swarm.mirror);
    this.scene.add(this.exposure.quad, this.ghosts.points, this.paths.group, this.pair.ribbon);
    if (environment.waters.length > 0) {
      this.mirrors.push(...towers.flatMap(({ mirror }) => mirror));
      if (this.mirrors.length > 0) this.place.add(...this.mirrors);
    }

    const canvas = renderer.domElement;
    canvas.setAttribute("aria-hidden", "true");
    container.append(canvas);
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      // The graphics of a stage that is disposed are given back, and are no fault.
      if (canvas.isConnected) events.onFault(t("The graphics were interrupted by the system."));
    });
    canvas.addEventListener("webglcontextrestored", () => {
      events.onFault("");
      this.shownPlace.key = "";
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

  /** Another motion of the same vehicles at the same place: an edit is drawn without building all of it anew. */
  replace(on: StageShow): void {
    const same = on.trajectories === this.on.trajectories && on.lights === this.on.lights;
    this.on = on;
    this.dirty = true;
    if (same) return;
    this.swarm.setSpacing(spacingOf(on));
    this.paths.update([], 0);
    this.paths.group.removeFromParent();
    this.paths = new PathMarks(on.trajectories, on.show.duration_ms);
    this.scene.add(this.paths.group);
    this.shownMs = NaN;
    this.rig.show(toBeSeen(on));
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
    this.ghosts.dispose();
    this.backdrop.dispose();
    this.exposure.dispose();
    this.renderer.domElement.remove();
    this.renderer.dispose();
    // Browsers keep few of them; a stage that follows edits is built often.
    this.renderer.forceContextLoss();
  }

  private resize(): void {
    this.widthPx = Math.max(1, this.container.clientWidth);
    this.heightPx = Math.max(1, this.container.clientHeight);
    this.renderer.setSize(this.widthPx, this.heightPx);
    this.dirty = true;
  }

  private readonly frame = (nowMs: number): void => {
    this.request = requestAnimationFrame(this.frame);
    const elapsedMs = this.lastMs < 0 ? 0 : nowMs - this.lastMs;
    this.lastMs = nowMs;
    this.events.onFrame(Math.min(elapsedMs, MAX_FRAME_MS));
    const startMs = performance.now();
    if (this.draw(nowMs, false)) {
      this.frames.drawn++;
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
    const { tMs, layers, selected, pair, finding, heat, flown } = view;
    const sliding = this.slideCover(view);
    const flownKey = flown ? `flown ${flown.blocks}` : "";
    const newTime = tMs !== this.shownMs || flownKey !== this.shownFlown;
    if (newTime || rig.mode === "vehicle") {
      const [x, y, z] = this.on.trajectories.position(selected ?? 0, tMs);
      rig.vehicleM.set(x, y, z);
    }
    const flying = rig.update(nowMs);
    const key = JSON.stringify([layers, selected, pair, finding, heat !== null, view.mood, view.lightSize]);
    if (!always && !this.dirty && !flying && !sliding && !newTime && key === this.shownKey) return false;
    this.dirty = false;
    this.shownKey = key;
    if (newTime) {
      this.running = nowMs - this.changedMs < STANDS_MS;
      this.changedMs = nowMs;
      this.shownMs = tMs;
      this.shownFlown = flownKey;
      this.on.trajectories.positions(tMs, this.swarm.positionsM);
      this.ghosts.points.visible = flown !== null;
      if (flown) {
        this.ghosts.show(this.swarm.positionsM);
        flown.sampler.positions(tMs, this.swarm.positionsM);
      }
      this.on.lights.colours(tMs, this.swarm.colours);
      this.swarm.changed();
      this.meanLight();
    }

    const { camera } = rig;
    const coarse = this.software && !always && this.running && nowMs - this.changedMs < STANDS_MS;
    this.dirty ||= coarse;
    const pixelRatio = (coarse ? RUNNING : 1) * this.pixelRatio;
    if (pixelRatio !== this.renderer.getPixelRatio()) this.renderer.setPixelRatio(pixelRatio);
    const buffer = { widthPx: Math.floor(this.widthPx * pixelRatio), heightPx: Math.floor(this.heightPx * pixelRatio), pixelRatio };
    const fov = (camera.fov * Math.PI) / 180;
    this.viewProjection.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
    for (const mirror of this.mirrors) mirror.visible = layers.reflections;
    this.swarm.mirror.visible = layers.reflections && (this.on.show.environment.waters.length > 0 || PALETTES[view.mood].polished);
    this.drawPlace(view, nowMs, always);

    setRibbonViewport(buffer.widthPx, buffer.heightPx);
    this.ghosts.setView(pixelRatio);
    this.swarm.setView(buffer, fov, { mood: view.mood, dark: layers.dark, sizeFactor: view.lightSize, timeS: tMs / 1000 });
    this.paths.update([...new Set([...(selected === null ? [] : [selected]), ...(pair ?? [])])], tMs);
    this.labels.update(this.currentLabels(view), camera, this.widthPx, this.heightPx);
    this.exposure.render(this.renderer, this.lights, camera, buffer.widthPx, buffer.heightPx);
    this.renderer.render(this.scene, camera);
    return true;
  }

  /** Draws the backdrop anew if it would look otherwise; asks for another frame where that is put off. */
  private drawPlace({ tMs, layers, heat, mood }: StageView, nowMs: number, always: boolean): void {
    const { shownPlace: shown, light, software } = this;
    const { camera } = this.rig;
    camera.matrixWorld.toArray(this.camera, 0);
    camera.projectionMatrix.toArray(this.camera, 16);
    const moved = this.camera.some((value, i) => value !== shown.camera[i]);
    if (moved) this.movedMs = nowMs;
    const settled = always || !software || nowMs - this.movedMs > SETTLED_MS || !Number.isFinite(shown.tMs);
    const scale = settled ? 1 : COARSE;
    const key = JSON.stringify([layers, heat !== null, mood, this.widthPx, this.heightPx]);
    const spill = OPTICS.spill * PALETTES[mood].spill;
    const brighter = light.colour.distanceTo(shown.colour) * spill > SEEN_CHANGE;
    const elsewhere = light.atM.distanceTo(shown.atM) > 0.1 * Math.max(light.atM.z, 10) && light.colour.length() * spill > SEEN_CHANGE;
    const relit = brighter || elsewhere;
    const due = relit && (always || !software || nowMs - shown.drawnMs > RELIGHT_MS);
    const wanted = moved || key !== shown.key || due || scale > shown.scale || (this.moves && tMs !== shown.tMs);
    this.dirty ||= !settled || (relit && !due);
    if (!wanted) return;
    this.frames.places++;
    Object.assign(shown, { key, scale, drawnMs: nowMs, tMs });
    shown.camera.set(this.camera);
    shown.colour.copy(light.colour);
    shown.atM.copy(light.atM);

    const pixelRatio = this.pixelRatio * scale;
    const widthPx = Math.ceil(this.widthPx * pixelRatio);
    const heightPx = Math.ceil(this.heightPx * pixelRatio);
    setRibbonViewport(widthPx, heightPx);
    this.atmosphere.set(mood);
    this.ground.setLight(light.atM, light.colour.clone().multiplyScalar(spill), software ? 0 : tMs / 1000);
    this.pads.setView(heightPx, (camera.fov * Math.PI) / 180, pixelRatio);
    this.sky.setView(camera, heightPx);
    this.pads.points.visible = layers.pads;
    if (this.fence) this.fence.visible = layers.fence;
    this.outlines.visible = layers.fence;
    this.keepOuts.visible = layers.keepouts;
    if (heat && !this.heat) this.place.add((this.heat = heatMesh(heat.footprint, heat.scale)));
    if (this.heat) this.heat.visible = heat !== null;
    this.backdrop.render(this.renderer, this.place, camera, widthPx, heightPx);
  }

  /** Moves the middle of the picture to the middle of what panels leave free, smoothly where it can. True while it moves. */
  private slideCover({ covered: goal }: StageView): boolean {
    const { covered } = this;
    const atOnce = this.shownKey === "" || this.software;
    let moving = false;
    for (const side of ["top", "right", "bottom"] as const) {
      const gap = goal[side] - covered[side];
      if (gap === 0) continue;
      covered[side] = atOnce || Math.abs(gap) < 1 ? goal[side] : covered[side] + 0.25 * gap;
      moving = true;
    }
    this.rig.resize({ widthPx: this.widthPx, heightPx: this.heightPx, covered });
    return moving;
  }

  /** Middle and mean light of the lamps, for the ground under them. */
  private meanLight(): void {
    const { positionsM, colours } = this.swarm;
    const count = colours.length / 4;
    const every = Math.max(1, Math.floor(count / LIGHTS_ASKED));
    const { atM, colour } = this.light;
    let [red, green, blue, x, y, z, asked] = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < count; i += every) {
      asked++;
      if (!isLit(colours, i)) continue;
      const [r, g, b] = [LAMP[colours[4 * i]], LAMP[colours[4 * i + 1]], LAMP[colours[4 * i + 2]]];
      const power = r + g + b;
      red += r;
      green += g;
      blue += b;
      x += power * positionsM[3 * i];
      y += power * positionsM[3 * i + 1];
      z += power * positionsM[3 * i + 2];
    }
    const weight = red + green + blue;
    if (weight > 0) atM.set(x, y, z).divideScalar(weight);
    colour.set(red, green, blue).divideScalar(Math.max(asked, 1));
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
    const keepOut = (text: string, atM: ArrayLike<number>): Label => ({ ...place(text, atM), key: `keep-out ${places++}` });
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
        keepOut(
          t("Keep out: {name}", { name }),
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
    const labels = layers.labels ? this.placeLabels().filter(({ key }) => layers.keepouts || !key.startsWith("keep-out")) : [];
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
