/** The extreme of a curve. */

import type { Curve } from "../../../wire/answers";

/** A value of a curve and when it was. */
export interface Extreme {
  value: number;
  tMs: number;
  index: number;
}

/** The least or the greatest value of a curve, the first of equals; null when it has none. */
export function extremeOf(tMs: readonly number[], values: Curve, which: "least" | "greatest"): Extreme | null {
  let best: Extreme | null = null;
  const sign = which === "least" ? 1 : -1;
  values.forEach((value, index) => {
    if (value !== null && (best === null || sign * value < sign * best.value)) best = { value, tMs: tMs[index], index };
  });
  return best;
}
