/** How the page looks at the show: camera, layers, panels. */

import type { Mood } from "../../../stage/looks";
import { CAMERA_MODES, type CameraMode, type CameraPort } from "../../../stage/props";
import type { LayerName } from "./layers";
import type { PanelName } from "./url";

const DEFAULT_LAYERS: Record<LayerName, boolean> = {
  fence: true,
  keepouts: false,
  dark: true,
  pads: true,
  reflections: true,
  labels: false,
  worst: false,
  footprint: false,
};

/** A screen on which a panel would hide the picture. */
const SMALL = "(max-width: 1000px), (max-height: 500px)";

export class View {
  cameraMode = $state<CameraMode>("audience");
  /** Counts changes of the camera, so that the link follows them. */
  cameraMoves = $state(0);
  camera: CameraPort | null = null;
  layers = $state<Record<LayerName, boolean>>({ ...DEFAULT_LAYERS });
  mood = $state<Mood>("night");
  lightSize = $state(1);
  panel = $state<PanelName | null>(matchMedia(SMALL).matches ? null : "certificate");
  /** Size of the panel, CSS pixels; 0 when it is closed. */
  panelPx = $state.raw({ width: 0, height: 0 });
  helpOpen = $state(false);
  /** Why there is no picture; empty when there is one. */
  stageFault = $state("");

  /** Index of the audience whose eye is looked from. */
  audience = $state(0);

  setCamera(mode: CameraMode): void {
    this.cameraMode = mode;
    this.camera?.setMode(mode);
  }

  setAudience(audience: number): void {
    this.audience = audience;
    this.cameraMode = "audience";
    this.camera?.setAudience(audience);
  }

  /** The camera of a key from "1" on; that of the audience again goes on to the next audience. */
  cameraKey(key: string, audiences: number): void {
    const mode = CAMERA_MODES[Number(key) - 1];
    if (mode === "audience" && this.cameraMode === "audience" && audiences > 1) this.setAudience((this.audience + 1) % audiences);
    else this.setCamera(mode);
  }

  /** Shows all that is to be seen. */
  fit(): void {
    if (this.cameraMode === "free" || this.cameraMode === "vehicle") this.cameraMode = "audience";
    this.camera?.fit();
  }

  /** Flies to look at a point from a distance that shows `radiusM` around it. */
  frame(centreM: readonly [number, number, number], radiusM: number): void {
    this.cameraMode = "orbit";
    this.camera?.frame(centreM, radiusM);
  }

  /** Flies to look at points from so near that they fill a third of the picture, but not nearer than a radius. */
  flyAround(pointsM: readonly (readonly number[])[], leastRadiusM: number): void {
    if (pointsM.length === 0) return;
    const centre = [0, 1, 2].map((k) => pointsM.reduce((sum, p) => sum + p[k], 0) / pointsM.length);
    const radius = Math.max(...pointsM.map((p) => Math.hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2])));
    this.frame(centre as [number, number, number], Math.max(leastRadiusM, 3 * radius));
  }

  toggleLayer(layer: LayerName): void {
    this.layers[layer] = !this.layers[layer];
  }

  togglePanel(panel: PanelName): void {
    this.panel = this.panel === panel ? null : panel;
  }
}
