/** What a certificate says, in the words and figures that the pages share. */

import { t } from "../../../kit/language.svelte";
import type { Certificate, RuleReport, Verdict, Witness } from "../../../wire/certificate";
import type { ShowAnswer } from "../../../wire/show";

/** A certificate of another file says nothing about this one. */
export function speaksOfAnotherFile(certificate: Certificate | null, show: ShowAnswer): boolean {
  if (!certificate || certificate.file.sha256 === "") return false;
  return certificate.file.sha256.toLowerCase() !== show.file.sha256.toLowerCase();
}

/** Names of the vehicles of a finding. */
export const who = (witness: Witness): string => witness.vehicles.map(({ name }) => name).join(" – ");

/** A finding of the certificate, by its rule and its place among the rule's witnesses; −1 is the worst. */
export interface Focus {
  rule: string;
  witness: number;
}

/** The case that a focus names; null when the certificate has none. */
export function witnessOf(certificate: Certificate | null, focus: Focus): Witness | null {
  const rule = certificate?.rules.find((r) => r.rule === focus.rule);
  return (focus.witness < 0 ? rule?.worst : rule?.witnesses[focus.witness]) ?? null;
}

/** The closest approach of two vehicles in flight. */
export function worstPair(certificate: Certificate | null): Witness | null {
  const worst = witnessOf(certificate, { rule: "separation", witness: -1 });
  return worst?.vehicles.length === 2 ? worst : null;
}

/** A finding with the number that a focus has for it; −1 is the worst. */
export interface Finding {
  witness: Witness;
  i: number;
}

/** The worst case of a rule, then the others that the certificate lists. */
export function findingsOf(rule: RuleReport): Finding[] {
  return [...(rule.worst ? [{ witness: rule.worst, i: -1 }] : []), ...rule.witnesses.map((witness, i) => ({ witness, i }))];
}

/** How many rules have each outcome. */
export function countOutcomes(rules: readonly RuleReport[]): Record<RuleReport["verdict"], number> {
  const counts: Record<RuleReport["verdict"], number> = { proved: 0, violated: 0, undecided: 0, "not-applicable": 0 };
  for (const { verdict } of rules) counts[verdict]++;
  return counts;
}

const rules = (count: number): string => (count === 1 ? t("1 rule") : t("{count} rules", { count }));

/** The outcome in one plain sentence, and what follows from it. */
export function inPlainWords({ verdict, rules: all }: Certificate): { claim: string; meaning: string } {
  const counts = countOutcomes(all);
  const says: Record<Exclude<Verdict, "not-applicable">, () => { claim: string; meaning: string }> = {
    proved: () => ({
      claim: t("Every rule holds"),
      meaning: t(
        counts.proved === 1
          ? "{rules} holds for every vehicle at every instant of the show."
          : "{rules} hold for every vehicle at every instant of the show.",
        { rules: rules(counts.proved) },
      ),
    }),
    violated: () => ({
      claim: t("{rules} violated", { rules: rules(counts.violated) }),
      meaning: [
        t("The show must not fly as it is."),
        ...(counts.undecided > 0 ? [t("{rules} more could not be decided.", { rules: rules(counts.undecided) })] : []),
      ].join(" "),
    }),
    undecided: () => ({
      claim: t("{rules} could not be decided", { rules: rules(counts.undecided) }),
      meaning: t("Undecided counts as not safe: no violation was found, and no proof."),
    }),
  };
  return says[verdict === "not-applicable" ? "undecided" : verdict]();
}
