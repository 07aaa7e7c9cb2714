import type { Verdict } from "../wire/certificate";

/** The outcome of a rule as people read it. */
export const VERDICT_WORDS: Record<Verdict, string> = {
  proved: "Proved",
  violated: "Violated",
  undecided: "Undecided",
  "not-applicable": "Not applicable",
};
