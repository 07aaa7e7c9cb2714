import type { RuleVerdict } from "../wire/types";

/** The outcome of a rule as people read it. */
export const VERDICT_WORDS: Record<RuleVerdict, string> = {
  proved: "Proved",
  violated: "Violated",
  undecided: "Undecided",
  "not-applicable": "Not applicable",
};
