import type { Audience } from "../wire/show";

/** The audiences that are areas: one without corners is only the place of a camera. */
export function areasOf(audiences: readonly Audience[]): Audience[] {
  return audiences.filter(({ polygon_m }) => polygon_m.length > 0);
}
