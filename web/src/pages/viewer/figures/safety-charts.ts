/** What the charts of the safety page show, from the timeline of the figures. */

import { t, type Message } from "../../../kit/language.svelte";
import { formatNumber, formatQuantity } from "../../../kit/format";
import type { Curve, CurveName } from "../../../wire/answers";
import type { SafetyReport } from "../../../wire/safety";
import { type Extreme, extremeOf } from "./extreme";

export interface ChartLine {
  label: string;
  values: Curve;
}

export interface SafetyChart {
  key: string;
  title: string;
  unit: string;
  lines: ChartLine[];
  limits: { value: number; forbids?: "above" | "below" }[];
  /** The limits in words; empty when they are 0. */
  limitText: string;
  /** The scale ends here where values go further. */
  mostShown: number;
  /** The worst instant, and its value in words; null when the chart has no values. */
  worst: (Extreme & { text: string }) | null;
  /** Why it is empty, in plain words. */
  empty: string;
}

/** What a chart is about: small values are bad, or large ones. */
interface Plan {
  key: CurveName;
  title: Message;
  unit: string;
  bad: "small" | "large";
  limit: string | null;
  empty: Message;
}

const NO_CURVE = "The server has no such figures for this show.";

const PLANS: readonly Plan[] = [
  { key: "min_separation_m", title: "Closest pair in flight", unit: "m", bad: "small", limit: "min_separation_m", empty: NO_CURVE },
  {
    key: "min_ground_separation_m",
    title: "Closest pair near the ground",
    unit: "m",
    bad: "small",
    limit: "ground_separation_m",
    empty: "No pair comes close near the ground.",
  },
  { key: "max_velocity_xy_m_s", title: "Horizontal speed", unit: "m/s", bad: "large", limit: "max_velocity_xy_m_s", empty: NO_CURVE },
  { key: "max_velocity_up_m_s", title: "Vertical speed", unit: "m/s", bad: "large", limit: "max_velocity_up_m_s", empty: NO_CURVE },
  { key: "max_acceleration_m_s2", title: "Acceleration", unit: "m/s²", bad: "large", limit: "max_acceleration_m_s2", empty: NO_CURVE },
  { key: "fence_margin_m", title: "Distance to the geofence", unit: "m", bad: "small", limit: null, empty: "The show has no geofence." },
  { key: "ceiling_margin_m", title: "Margin below the altitude limit", unit: "m", bad: "small", limit: null, empty: NO_CURVE },
];

/** Distances of vehicles, each with its own limit. */
const DISTANCES: readonly CurveName[] = ["min_separation_m", "min_ground_separation_m"];
/** Distances of many times the limit do not matter. */
const SEPARATION_SHOWN = 4;

/**
 * The charts in the order of the page. `limitOf` gives the value of a limit by its name. Climb and descent share a chart:
 * up is positive, down negative.
 */
export function safetyCharts({ timeline }: SafetyReport, limitOf: (name: string) => number | null): SafetyChart[] {
  return PLANS.map(({ key, title, unit, bad, limit, empty }) => {
    const value = limit === null ? 0 : limitOf(limit);
    const chart: SafetyChart = {
      key,
      title: t(title),
      unit,
      lines: [{ label: t(title), values: timeline[key] }],
      limits: value === null ? [] : [{ value, forbids: bad === "small" ? "below" : "above" }],
      limitText: value === null || limit === null ? "" : t("limit {limit}", { limit: formatNumber(value) }),
      mostShown: DISTANCES.includes(key) && value !== null ? SEPARATION_SHOWN * value : Infinity,
      worst: worstOf(timeline.t_ms, timeline[key], bad, unit),
      empty: t(empty),
    };
    if (key === "max_velocity_up_m_s") addDescent(chart, timeline.t_ms, timeline.max_velocity_down_m_s, limitOf);
    return chart;
  });
}

function worstOf(tMs: readonly number[], values: Curve, bad: "small" | "large", unit: string): SafetyChart["worst"] {
  const extreme = extremeOf(tMs, values, bad === "small" ? "least" : "greatest");
  return extreme && { ...extreme, text: t(bad === "small" ? "Least {value}" : "Most {value}", { value: formatQuantity(extreme.value, unit) }) };
}

function addDescent(chart: SafetyChart, tMs: readonly number[], down: Curve, limitOf: (name: string) => number | null): void {
  const limit = limitOf("max_velocity_down_m_s");
  chart.lines[0].label = t("up");
  if (chart.worst) chart.worst.text = t("{text} up", { text: chart.worst.text });
  if (down.length > 0) chart.lines.push({ label: t("down"), values: down.map((v) => (v === null ? null : -v)) });
  if (limit !== null) {
    chart.limits.push({ value: -limit, forbids: "below" });
    const climb = limitOf("max_velocity_up_m_s");
    const value = formatNumber(limit);
    chart.limitText = climb === null ? t("limit {value} down", { value }) : t("limit {up} up, {down} down", { up: formatNumber(climb), down: value });
  }
  const worst = worstOf(tMs, down, "large", chart.unit);
  const upLimit = limitOf("max_velocity_up_m_s");
  // The worse of the two is the one that uses more of its own limit.
  const used = (value: number, of: number | null): number => (of !== null && of > 0 ? value / of : value);
  if (worst && (!chart.worst || used(worst.value, limit) > used(chart.worst.value, upLimit))) {
    chart.worst = { ...worst, value: -worst.value, text: t("{text} down", { text: worst.text }) };
  }
}
