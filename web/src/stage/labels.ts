/** Texts and rings over the picture, as HTML: sharp at any size, placed once a frame. */

import type { PerspectiveCamera } from "three";
import { Vector3 } from "three";

export interface Label {
  key: string;
  text: string;
  /** The name stands to the right of its ring, or to the left of it. */
  kind: "place" | "vehicle" | "vehicle-left" | "finding" | "finding-left" | "distance";
  atM: ArrayLike<number>;
}

interface Shown {
  element: HTMLElement;
  text: string;
}

export class Labels {
  private readonly shown = new Map<string, Shown>();
  private readonly point = new Vector3();

  constructor(private readonly container: HTMLElement) {}

  /** Shows exactly these labels. */
  update(labels: readonly Label[], camera: PerspectiveCamera, widthPx: number, heightPx: number): void {
    const wanted = new Set(labels.map(({ key }) => key));
    for (const [key, { element }] of this.shown) {
      if (!wanted.has(key)) {
        element.remove();
        this.shown.delete(key);
      }
    }
    for (const label of labels) {
      let shown = this.shown.get(label.key);
      if (!shown) {
        const element = document.createElement("div");
        element.className = `mark mark-${label.kind.replace("-left", " left")}`;
        element.append(document.createElement("span"));
        this.container.append(element);
        shown = { element, text: "" };
        this.shown.set(label.key, shown);
      }
      if (shown.text !== label.text) {
        shown.text = label.text;
        (shown.element.firstChild as HTMLElement).textContent = label.text;
      }
      this.point.set(label.atM[0], label.atM[1], label.atM[2]).project(camera);
      const visible = this.point.z < 1;
      shown.element.style.display = visible ? "" : "none";
      if (visible) {
        const x = (0.5 + 0.5 * this.point.x) * widthPx;
        const y = (0.5 - 0.5 * this.point.y) * heightPx;
        shown.element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      }
    }
  }
}
