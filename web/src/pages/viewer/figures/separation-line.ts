/** The line over the timeline: how near vehicles come to the limit that holds for them, second by second. */

import { formatNumber, formatQuantity } from "../../../kit/format";
import { t } from "../../../kit/language.svelte";
import type { Certificate } from "../../../wire/certificate";
import type { Limits } from "../../../wire/show";

/** Distances of more than this many times the limit are drawn at the top. */
const MOST_SHOWN = 3;
/** The scale reaches at least this many times the limit. */
const LEAST_SHOWN = 1.5;

export interface SeparationSeries {
  kind: "flight" | "ground";
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
  const of = (rule: string, kind: SeparationSeries["kind"], values: (number | null)[], stated: number): SeparationSeries[] => {
    const limitM = certificate?.rules.find((r) => r.rule === rule)?.limit?.value ?? stated;
    const known = values.filter((v) => v !== null);
    if (known.length < 2 || limitM <= 0) return [];
    const ratios = values.map((v) => (v === null ? null : v / limitM));
    return [{ kind, limitM, leastM: Math.min(...known), ratios }];
  };
  const series = [
    ...of("separation", "flight", certificate?.separation_per_second_m ?? [], limits.min_separation_m),
    ...of("ground_separation", "ground", certificate?.ground_separation_per_second_m ?? [], limits.ground_separation_m),
  ];
  if (series.length === 0) return null;
  const most = Math.max(...series.flatMap(({ ratios }) => ratios.map((r) => r ?? 0)));
  return { series, top: Math.max(LEAST_SHOWN, Math.min(most, MOST_SHOWN)) };
}

/** One entry of the curve's key: what the line is, and how it is drawn. */
export interface CurveKey {
  text: string;
  line: SeparationSeries["kind"] | "limit" | "";
}

/** The curve's key: what it is, a line for each series with its limit, and the scale. */
export function keyOf(lines: SeparationLines | null): CurveKey[] {
  if (!lines) return [];
  const texts = { flight: "in flight, limit {limit}", ground: "near the ground, limit {limit}" } as const;
  return [
    { text: t("Least distance"), line: "" },
    ...lines.series.map(({ kind, limitM }): CurveKey => ({ text: t(texts[kind], { limit: formatQuantity(limitM, "m") }), line: kind })),
    { text: t("dashed: limit; top: {times} times the limit", { times: formatNumber(lines.top) }), line: "limit" },
  ];
}

/** What the curve is at an instant, in metres. */
export function tipOf(lines: SeparationLines | null, tMs: number): string {
  const at = (kind: SeparationSeries["kind"]): string | null => {
    const series = lines?.series.find((s) => s.kind === kind);
    const ratio = series?.ratios[Math.floor(tMs / 1000)] ?? null;
    return series && ratio !== null ? formatQuantity(ratio * series.limitM, "m") : null;
  };
  const [flight, ground] = [at("flight"), at("ground")];
  return [
    ...(flight ? [t("at least {distance} apart", { distance: flight })] : []),
    ...(ground ? [t("near the ground {distance}", { distance: ground })] : []),
  ].join(" · ");
}
