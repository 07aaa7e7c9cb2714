/** Limits in words, in the order of the one list. */

import { titleOf } from "../../../kit/language.svelte";
import { formatQuantity } from "../../../kit/format";
import { LIMIT_FIELDS } from "../../../wire/limits";

/** A limit in words. */
export interface NamedLimit {
  name: string;
  title: string;
  text: string;
}

/** All limits of a table; a name that is not in the list stands as it is, after the others. */
export function nameLimits(values: Readonly<Record<string, number>>): NamedLimit[] {
  const known = LIMIT_FIELDS.filter(({ name }) => name in values);
  const others = Object.keys(values).filter((name) => LIMIT_FIELDS.every((field) => field.name !== name));
  const plain = others.sort().map((name) => ({ name, title: name, unit: "" }));
  return [...known, ...plain].map(({ name, title, unit }) => {
    const share = unit === "share";
    return { name, title: titleOf(title), text: formatQuantity(share ? 100 * values[name] : values[name], share ? "%" : unit) };
  });
}
