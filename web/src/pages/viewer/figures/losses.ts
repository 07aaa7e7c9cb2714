/** What a loss does to those who fly on, in the words of the safety page. */

import { t, type Message } from "../../../kit/language.svelte";
import { formatQuantity } from "../../../kit/format";
import type { LossFigure, LossMode, LossWitness } from "../../../wire/certificate";

export interface LossLine {
  /** `touched` where a case is known, `open` where none is known and none is excluded, `clear` where no contact is possible. */
  tone: "touched" | "open" | "clear";
  /** For how long there is no contact. */
  free: string;
  /** What is left of the distance. */
  left: string;
  /** The worst case known, and what it is. */
  found: LossWitness | null;
  story: string;
  /** Said beside it when the bounds are wider than need be. */
  caution: string;
}

/** How a vehicle leaves its plan: the names of the table's rows. */
export const LOSS_WORDS: Readonly<Record<LossMode, Message>> = {
  stops: "Stops in the air",
  drifts: "Drifts with the wind",
  falls: "Falls",
};

/** Rounded down: never more than the certificate proves. */
const atLeast = (value: number, decimals: number): number => Math.floor(value * 10 ** decimals + 1e-9) / 10 ** decimals;

/** The line of the page for one figure. */
export function lossLine(figure: LossFigure): LossLine {
  const { horizon_s: horizonS, untouched_s: untouchedS, left_m: leftM, worst, touches } = figure;
  const seconds = (s: number, decimals: number): string => formatQuantity(atLeast(s, decimals), "s");
  // Cases are shown to a hundredth; what is promised is rounded down.
  const after = ({ after_s: s }: LossWitness): string => formatQuantity(Math.round(100 * s) / 100, "s");
  const distance = ({ distance_m: m }: LossWitness): string => formatQuantity(Math.round(100 * m) / 100, "m");
  const clear = untouchedS >= horizonS;
  const caution = figure.cut_short ? t("too much to search: a bound, on the safe side") : "";
  if (clear) {
    const left = t(worst ? "at least {value}" : "over {value}", { value: formatQuantity(atLeast(leftM, 2), "m") });
    const story = worst ? t("nearest, {distance} after {time}", { distance: distance(worst), time: after(worst) }) : t("no vehicle comes near");
    return { tone: "clear", free: t("all {time}", { time: seconds(horizonS, 1) }), left, found: worst, story, caution };
  }
  const free = atLeast(untouchedS, 1) > 0 ? seconds(untouchedS, 1) : untouchedS > 0 ? seconds(untouchedS, 2) : t("not at all");
  if (worst && touches) {
    const story = t("touched after {time}", { time: after(worst) });
    return { tone: "touched", free, left: t("none"), found: worst, story, caution };
  }
  const story = worst ? t("nearest known, {distance}", { distance: distance(worst) }) : t("no case is known");
  return { tone: "open", free, left: t("not known"), found: worst, story, caution };
}
