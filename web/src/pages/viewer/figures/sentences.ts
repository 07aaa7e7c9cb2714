/**
 * What the certificate says of a rule, in the language of the page. In English that is the server's own sentence; in other languages
 * it is said anew from rule, verdict and values, never from the English words.
 */

import { formatCount, formatNumber, formatQuantity } from "../../../kit/format";
import { language, t, type Message } from "../../../kit/language.svelte";
import type { Remedy, Rule, RuleReport } from "../../../wire/certificate";

/** Why a rule has nothing to be held against. */
const MISSING: Partial<Record<Rule, Message>> = {
  geofence: "The show has no geofence.",
  keep_out: "The show has no keep-outs.",
  yaw_rate: "No vehicle has a yaw program.",
  fall_on_audience: "The show has no audience areas.",
  fall_on_road: "The show has no roads.",
  return_to_home: "No vehicle has a return to home.",
  airspeed: "The greatest airspeed of the vehicles or the largest wind is not stated.",
  lights: "No vehicle has a light program.",
  pyro: "No vehicle carries pyrotechnics.",
  pyro_altitude: "Nothing is fired.",
  pyro_neighbours: "Nothing is fired.",
  pyro_audience: "Nothing is fired near an audience.",
  payload: "No limit of bytes per vehicle was given.",
  ends: "The motion may begin and end in the air, as was asked for.",
};

/** Rules that are broken by pairs of vehicles, and not by single ones. */
const OF_PAIRS: readonly Rule[] = ["separation", "ground_separation"];

/** What was found for a rule. */
export function sentenceOf(rule: RuleReport): string {
  if (language.code === "en") return rule.detail;
  const unit = rule.limit?.unit ?? "";
  const values = {
    worst: rule.worst ? formatQuantity(rule.worst.value, unit) : "",
    limit: rule.limit ? formatQuantity(rule.limit.value, unit) : "",
    margin: rule.margin === null ? "" : formatQuantity(Math.abs(rule.margin), unit),
    count: formatCount(rule.violations),
  };
  switch (rule.verdict) {
    case "not-applicable":
      return t(MISSING[rule.rule] ?? "The file states nothing that this rule could be held against.");
    case "violated":
      return t(OF_PAIRS.includes(rule.rule) ? "{count} pairs break the limit." : "{count} vehicles break the limit.", values);
    case "undecided":
      return rule.worst
        ? t("The worst case, {worst}, is too close to the limit, {limit}, to decide: that counts as not safe.", values)
        : t("It could not be decided: that counts as not safe.");
    case "proved":
      return rule.worst && rule.margin !== null
        ? t("The rule holds at every instant; the worst case is {worst}, with a margin of {margin}.", values)
        : t("The rule holds at every instant.");
  }
}

const REMEDIES: Partial<Record<Rule, Message>> = {
  separation: "keep the pair {value} farther apart",
  ground_separation: "keep the pair {value} farther apart",
  continuity: "make the velocity change by {value} less at once: spread it over a curve",
  acceleration_jump: "make the acceleration change by {value} less at once",
  altitude: "fly {value} lower",
  floor: "fly {value} higher",
  ground_motion: "move sideways from {value} up only, straight up and down below",
  geofence: "stay {value} farther inside",
  keep_out: "pass {value} farther away",
  ends: "begin on the pad and end on a pad or on the ground",
  energy: "fly {value} less, or start with batteries that last longer",
  yaw_rate: "turn {value} slower",
  airspeed: "fly {value} slower, or in a wind that is {value} less",
  pyro_altitude: "fire {value} higher",
  pyro_neighbours: "keep the others {value} farther away while it burns",
  pyro_audience: "fire {value} farther from the audience",
  payload: "load {value} less",
};

/** How often the time of a motion goes into what the rule bounds: speed, acceleration, jerk. */
const ORDERS: Partial<Record<Rule, number>> = { velocity_xy: 1, velocity_up: 1, velocity_down: 1, acceleration: 2, jerk: 3 };

/** One of the ways to keep a rule; where falls must keep clear the distance is the first in metres, the altitude the second. */
function remedy(rule: RuleReport, { text, value, unit }: Remedy): string {
  const quantity = { value: value === null ? "" : formatQuantity(value, unit) };
  const order = ORDERS[rule.rule];
  if (order !== undefined && rule.worst && rule.limit && rule.limit.value > 0) {
    const bound = rule.worst.bound ?? rule.worst.value;
    const longer = formatNumber(Math.ceil(100 * (bound / rule.limit.value) ** (1 / order)) / 100);
    return t("slow down by {value}: a motion that takes {longer} times as long does", { ...quantity, longer });
  }
  if (rule.rule === "fall_on_audience" || rule.rule === "fall_on_road") {
    if (unit === "m/s") return t("lower the largest wind of the show to {value}", quantity);
    const first = rule.help.find((other) => other.unit === "m");
    if (first?.text !== text) return t("fly lower than {value} there", quantity);
    return t(rule.rule === "fall_on_road" ? "move the road or the show {value} farther away" : "move the audience or the show {value} farther away", quantity);
  }
  const message = REMEDIES[rule.rule];
  return message ? t(message, quantity) : text;
}

/** The ways to keep a rule that does not hold. */
export const remediesOf = (rule: RuleReport): string[] => rule.help.map((way) => (language.code === "en" ? way.text : remedy(rule, way)));
