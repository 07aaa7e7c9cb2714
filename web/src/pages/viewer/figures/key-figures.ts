/** The half dozen figures that stand for a show at a glance, from its certificate and its footprint. */

import { t, titleOf } from "../../../kit/language.svelte";
import { formatNumber, formatQuantity, formatTime } from "../../../kit/format";
import { sentenceOf } from "./sentences";
import type { Curve, CurveName } from "../../../wire/answers";
import type { Certificate, RuleReport, Verdict } from "../../../wire/certificate";
import type { SafetyArea, SafetyReport } from "../../../wire/safety";
import { extremeOf } from "./extreme";

export interface KeyFigure {
  label: string;
  value: string;
  /** What the value is held against, and how far it is on the good side. */
  foot: string;
  tone: Verdict | "none";
  /** How much of the limit is used, 0 to 1 and beyond; null where that means nothing. */
  used: number | null;
  goes: { to: "rule"; rule: string } | { to: "vehicle"; vehicle: number; tMs: number } | { to: "time"; tMs: number } | null;
}

const SPEEDS = ["velocity_xy", "velocity_up", "velocity_down"] as const;

/** The part of a limit that a value uses: of a greatest value, or of a least one. */
export function usedShare(value: number, limit: number, largeIsBad: boolean): number | null {
  if (!(limit > 0) || !Number.isFinite(value)) return null;
  if (largeIsBad) return value / limit;
  return value > 0 ? limit / value : Infinity;
}

/** `words` say what a distance on the good side means, and one on the bad side, where the limit is 0. */
function figureOf(
  rule: RuleReport | undefined,
  label: string,
  otherwise: string,
  largeIsBad: boolean,
  words: readonly [good: string, bad: string] = ["", ""],
): KeyFigure {
  if (!rule || rule.verdict === "not-applicable" || !rule.limit) {
    return { label, value: "–", foot: rule ? sentenceOf(rule) || t("Not applicable") : otherwise, tone: "none", used: null, goes: null };
  }
  const { value: limit, unit } = rule.limit;
  const margin = rule.margin === null ? "" : ` · ${rule.margin > 0 ? "+" : ""}${formatNumber(rule.margin)}`;
  const foot = limit === 0 ? "" : `${t("limit {limit}", { limit: formatQuantity(limit, unit) })}${margin}`;
  const worst = rule.worst?.value ?? null;
  // No pair comes near enough for a worst case: what is known is a bound.
  const bound = rule.margin === null ? null : limit + (largeIsBad ? -rule.margin : rule.margin);
  const value = worst ?? bound;
  if (value === null) return { label, value: "–", foot: sentenceOf(rule) || foot, tone: rule.verdict, used: null, goes: null };
  const text = unit === "s" ? formatTime(1000 * value, false) : formatQuantity(value, unit);
  return {
    label,
    value: worst === null ? t(largeIsBad ? "below {value}" : "over {value}", { value: text }) : text,
    foot: unit === "s" ? t("limit {limit}", { limit: formatTime(1000 * limit, false) }) : foot || words[rule.verdict === "violated" ? 1 : 0],
    tone: rule.verdict,
    used: usedShare(value, limit, largeIsBad),
    goes: worst === null ? null : { to: "rule", rule: rule.rule },
  };
}

/** The area of a kind that the footprint comes nearest to. */
export function nearestArea(areas: readonly SafetyArea[], kind: SafetyArea["kind"]): SafetyArea | null {
  return areas.reduce<SafetyArea | null>((best, area) => {
    if (area.kind !== kind || area.least_distance_m === null) return best;
    return best === null || area.least_distance_m < best.least_distance_m! ? area : best;
  }, null);
}

/** Proven where the certificate has the rule, else from the footprint. */
function fallFigure(rule: RuleReport | undefined, safety: SafetyReport | null, audiences: number): KeyFigure {
  const label = t("Fall distance to the audience");
  if (rule && rule.verdict !== "not-applicable") {
    return figureOf(rule, label, "", false, [t("a failed vehicle falls clear of it"), t("a failed vehicle can fall into it")]);
  }
  const figure: KeyFigure = { label, value: "–", foot: "", tone: "none", used: null, goes: null };
  if (audiences === 0) return { ...figure, foot: t("The show has no audience") };
  const area = safety && nearestArea(safety.areas, "audience");
  if (!area || area.least_distance_m === null) return { ...figure, foot: t("No fall footprint") };
  const reached = area.least_distance_m <= 0;
  return {
    ...figure,
    value: reached ? t("Reached") : formatQuantity(area.least_distance_m, "m"),
    foot: reached ? t("a fall could end in “{name}”", { name: area.name }) : t("to “{name}”, not proved", { name: area.name }),
    tone: reached ? "violated" : "none",
    goes: area.vehicle === null || area.t_ms === null ? null : { to: "vehicle", vehicle: area.vehicle, tMs: area.t_ms },
  };
}

/** Without a certificate the curves still say something; they are no verdict. */
function unproven(figure: KeyFigure, curve: { tMs: readonly number[]; values: Curve; which: "least" | "greatest" } | null, unit: string, of = (v: number): number => v): KeyFigure {
  const found = curve && extremeOf(curve.tMs, curve.values, curve.which);
  if (!found) return figure;
  return {
    ...figure,
    value: formatQuantity(of(found.value), unit),
    foot: t("not proved"),
    goes: { to: "time", tMs: found.tMs },
  };
}

/**
 * The figures in the order of the page, from a certificate of this very show or null. `ceilingM` is the highest altitude
 * allowed.
 */
export function keyFigures(
  certificate: Certificate | null,
  safety: SafetyReport | null,
  site: { audiences: number; ceilingM: number },
): KeyFigure[] {
  const rule = (name: string): RuleReport | undefined => certificate?.rules.find((r) => r.rule === name);
  // Of the three speeds the one that is nearest to its limit, or past it.
  const speed = SPEEDS.map(rule)
    .filter((r) => r !== undefined)
    .sort((a, b) => share(b) - share(a))[0];
  const unknown = t(certificate ? "Not in the certificate" : "Not known");
  const figures = [
    figureOf(rule("separation"), t("Closest pair"), unknown, false),
    figureOf(speed, titleOf(speed?.title ?? "Horizontal speed"), unknown, true),
    figureOf(rule("altitude"), t("Highest altitude"), unknown, true),
    figureOf(rule("geofence"), t("Distance to the geofence"), t("The show has no geofence"), false, [t("all vehicles are inside"), t("a vehicle is outside")]),
    fallFigure(rule("fall_on_audience"), safety, site.audiences),
    figureOf(rule("energy"), t("Longest flight"), unknown, true),
  ];
  if (certificate || !safety) return figures;
  const { timeline } = safety;
  const curve = (name: CurveName, which: "least" | "greatest"): Parameters<typeof unproven>[1] => ({
    tMs: timeline.t_ms,
    values: timeline[name],
    which,
  });
  const [closest, fastest, highest, nearest, fall] = figures;
  return [
    unproven(closest, curve("min_separation_m", "least"), "m"),
    unproven(fastest, curve("max_velocity_xy_m_s", "greatest"), "m/s"),
    unproven(highest, curve("ceiling_margin_m", "least"), "m", (margin) => site.ceilingM - margin),
    unproven(nearest, curve("fence_margin_m", "least"), "m"),
    fall,
  ];
}

const share = (rule: RuleReport): number => (rule.worst && rule.limit ? rule.worst.value / rule.limit.value : 0);
