import type { Vec2M } from "../wire/reader";

/** A circle as a polygon. */
export function circle([x, y]: Vec2M, radiusM: number, corners = 64): Vec2M[] {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners;
    return [x + radiusM * Math.cos(angle), y + radiusM * Math.sin(angle)] as const;
  });
}
