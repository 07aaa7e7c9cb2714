/**
 * How large a light is drawn, in the scene and on the screen.
 *
 * A light has a bright core and a soft halo. In the scene both grow with the vehicle, and the halo ends where the next light
 * begins: at most `HALO_OF_SPACING` times the least distance of two lights in a picture, so that a dense or a small show
 * stays a picture of points. On the screen both have a least size in pixels, so that far lights are seen; this, too, gives
 * way to the spacing.
 */

/** Core and halo of a light, diameters in metres; `spacingM` is the least distance of two lights in a picture. */
export interface LightSize {
  coreM: number;
  haloM: number;
  spacingM: number;
}

const CORE_OF_VEHICLE = 1.9;
const HALO_OF_VEHICLE = 12.5;
const CORE_OF_SPACING = 0.42;
const HALO_OF_SPACING = 2.2;
/** Least and greatest sizes on the screen, CSS pixels. */
export const LEAST_CORE_PX = 3;
export const LEAST_HALO_PX = 12;
export const MOST_CORE_PX = 60;
export const MOST_HALO_PX = 170;
/** Where lights stand closer on the screen than their least sizes, they have these parts of the distance. */
export const CORE_OF_GAP = 0.55;
export const HALO_OF_GAP = 2;

/** Size of the lights of vehicles of a diameter that stand so far apart. */
export function lightSize(diameterM: number, spacingM: number): LightSize {
  const diameter = Math.max(diameterM, 0.02);
  const spacing = Math.max(spacingM, 0.1);
  return {
    coreM: Math.min(CORE_OF_VEHICLE * diameter, CORE_OF_SPACING * spacing),
    haloM: Math.min(HALO_OF_VEHICLE * diameter, HALO_OF_SPACING * spacing),
    spacingM: spacing,
  };
}

/** How many lights are asked for their neighbour. */
const ASKED = 160;

/** Least distance of two lights in a picture: the tenth part of the lights that are asked have a nearer neighbour. O(160 n). */
export function typicalSpacingM(positionsM: Float32Array, colours: Uint8Array): number | null {
  const lit: number[] = [];
  for (let i = 0; 4 * i < colours.length; i++) {
    if (colours[4 * i] + colours[4 * i + 1] + colours[4 * i + 2] > 0) lit.push(3 * i);
  }
  if (lit.length < 2) return null;
  const every = Math.max(1, Math.floor(lit.length / ASKED));
  const nearest: number[] = [];
  for (let k = 0; k < lit.length; k += every) {
    const [x, y, z] = [positionsM[lit[k]], positionsM[lit[k] + 1], positionsM[lit[k] + 2]];
    let best = Infinity;
    for (const q of lit) {
      if (q === lit[k]) continue;
      const square = (positionsM[q] - x) ** 2 + (positionsM[q + 1] - y) ** 2 + (positionsM[q + 2] - z) ** 2;
      if (square < best) best = square;
    }
    nearest.push(Math.sqrt(best));
  }
  nearest.sort((a, b) => a - b);
  return nearest[Math.floor(nearest.length / 10)];
}
