/** The line over the timeline: how near vehicles come to the limit that holds for them, second by second. */

import type { Certificate } from "../../../wire/certificate";
import type { Limits } from "../../../wire/show";

/** Distances of more than this many times the limit are drawn at the top. */
const MOST_SHOWN = 3;
/** The scale reaches at least this many times the limit. */
const LEAST_SHOWN = 1.5;

export interface SeparationSeries {
  /** What it is of, in words. */
  what: string;
  limitM: number;
  leastM: number;
  /** Parts of the limit by second; null where nothing is known. */
  ratios: (number | null)[];
}

export interface SeparationLines {
  series: SeparationSeries[];
  /** Top of the scale in parts of the limit. */
  top: number;
}

/** In flight and near the ground, each in parts of its own limit; null when a certificate has neither. */
export function separationLines(certificate: Certificate | null, limits: Limits): SeparationLines | null {
  const of = (rule: string, what: string, values: (number | null)[], stated: number): SeparationSeries[] => {
    const limitM = certificate?.rules.find((r) => r.rule === rule)?.limit?.value ?? stated;
    const known = values.filter((v) => v !== null);
    if (known.length < 2 || limitM <= 0) return [];
    const ratios = values.map((v) => (v === null ? null : v / limitM));
    return [{ what, limitM, leastM: Math.min(...known), ratios }];
  };
  const series = [
    ...of("separation", "in flight", certificate?.separation_per_second_m ?? [], limits.min_separation_m),
    ...of("ground_separation", "near the ground", certificate?.ground_separation_per_second_m ?? [], limits.ground_separation_m),
  ];
  if (series.length === 0) return null;
  const most = Math.max(...series.flatMap(({ ratios }) => ratios.map((r) => r ?? 0)));
  return { series, top: Math.max(LEAST_SHOWN, Math.min(most, MOST_SHOWN)) };
}
