/** Keyboard shortcuts: a page's table of them is carried out here and shown by Help.svelte. */

import type { Message } from "./language.svelte";

export interface Shortcut {
  /** As shown in the help. */
  keys: string;
  does: Message;
  /** Values of `KeyboardEvent.key` that trigger it. */
  on: readonly string[];
  /** With the arrows: is Shift held? Other keys differ by their value already. */
  shift?: boolean;
  run(key: string): void;
  /** For keys that act as long as they are held: called when the key comes up again. */
  release?(key: string): void;
  /** Whether it counts now, and then before all that always count. */
  when?(): boolean;
}

export interface ShortcutGroup {
  title: Message;
  items: readonly Shortcut[];
}

/** Carries out a key; true when a shortcut was found. Keys that belong to the control with the focus are left to it. */
export function runShortcut(groups: readonly ShortcutGroup[], event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target as HTMLElement;
  if (target.closest("input, select, textarea") && !(target instanceof HTMLInputElement && target.type === "checkbox")) {
    return false;
  }
  // Space and Enter belong to the button that has the focus, arrows to a group of radio buttons.
  if (event.key === " " && target.closest("button, a, [role=radio], input")) return false;
  const arrow = event.key.startsWith("Arrow");
  if (arrow && target.closest("[role=radiogroup], [role=tablist]")) return false;
  const all = groups.flatMap(({ items }) => items);
  const found = [...all.filter(({ when }) => when?.()), ...all.filter(({ when }) => !when)].find(
    ({ on, shift = false, release }) => on.includes(event.key) && (!arrow || release !== undefined || shift === event.shiftKey),
  );
  found?.run(event.key);
  return found !== undefined;
}

/** Tells the shortcuts of held keys that a key is up. */
export function releaseShortcut(groups: readonly ShortcutGroup[], event: KeyboardEvent): void {
  for (const { items } of groups) {
    for (const shortcut of items) if (shortcut.on.includes(event.key)) shortcut.release?.(event.key);
  }
}
