import type { Verdict } from "../wire/certificate";
import type { Message } from "./language.svelte";

/** The outcome of a rule as people read it. */
export const VERDICT_WORDS: Record<Verdict, Message> = {
  proved: "Proved",
  violated: "Violated",
  undecided: "Undecided",
  "not-applicable": "Not applicable",
};
