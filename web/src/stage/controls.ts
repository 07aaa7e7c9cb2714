/** Pointer and wheel on the picture: drag, pan, zoom, pinch, click. */

import type { Rig } from "./rig";

const CLICK_PX = 4;
const CLICK_MS = 500;

/** Connects the pointer to the rig. `onClick` gets pixels from the element's upper left corner. */
export function attachControls(
  element: HTMLElement,
  rig: Rig,
  onClick: (xPx: number, yPx: number) => void,
): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let travelledPx = 0;
  let downMs = 0;
  let panning = false;

  const spread = (): number => {
    const [a, b] = [...pointers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };

  const down = (event: PointerEvent): void => {
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    travelledPx = pointers.size > 1 ? CLICK_PX + 1 : 0;
    downMs = event.timeStamp;
    panning = event.button !== 0 || event.shiftKey;
  };
  const move = (event: PointerEvent): void => {
    const pointer = pointers.get(event.pointerId);
    if (!pointer) return;
    const dx = event.clientX - pointer.x;
    const dy = event.clientY - pointer.y;
    const before = pointers.size === 2 ? spread() : 0;
    pointer.x = event.clientX;
    pointer.y = event.clientY;
    travelledPx += Math.abs(dx) + Math.abs(dy);
    if (pointers.size === 2) {
      rig.zoom(before / Math.max(spread(), 1));
      rig.pan(dx / 2, dy / 2);
    } else if (travelledPx > CLICK_PX) {
      if (panning) rig.pan(dx, dy);
      else rig.drag(dx, dy);
    }
  };
  const up = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId)) return;
    if (event.type === "pointerup" && travelledPx <= CLICK_PX && event.timeStamp - downMs < CLICK_MS) {
      const box = element.getBoundingClientRect();
      onClick(event.clientX - box.left, event.clientY - box.top);
    }
  };
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    rig.zoom(Math.exp(Math.min(Math.max(pixels, -240), 240) * 0.0012));
  };
  const noMenu = (event: Event): void => event.preventDefault();

  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("wheel", wheel, { passive: false });
  element.addEventListener("contextmenu", noMenu);
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerup", up);
    element.removeEventListener("pointercancel", up);
    element.removeEventListener("wheel", wheel);
    element.removeEventListener("contextmenu", noMenu);
  };
}
