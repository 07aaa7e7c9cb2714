/** Keeps the address of the page and the view in step. */

import { decodeLink, encodeLink } from "./url";
import type { Viewer } from "./viewer.svelte";

const EVERY_MS = 400;

/** Applies the present address to the view. */
export function restoreLink(viewer: Viewer): void {
  viewer.restore(decodeLink(location.hash));
}

/** Writes every change of the view to the address, at most every 400 ms, and follows a changed address. */
export function syncLink(viewer: Viewer): void {
  let written = location.hash.slice(1);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const write = (): void => {
    timer = undefined;
    const hash = encodeLink(viewer.link());
    if (hash === written) return;
    written = hash;
    // Browsers allow only so many changes of the address; a refused one is made up for by the next.
    try {
      history.replaceState(null, "", `#${hash}`);
    } catch {
      written = "";
    }
  };

  $effect(() => {
    // Read here so that the effect runs again on every change of the view.
    void encodeLink(viewer.link());
    void viewer.cameraChanges;
    timer ??= setTimeout(write, EVERY_MS);
  });

  $effect(() => {
    const changed = (): void => {
      if (location.hash.slice(1) === written) return;
      written = location.hash.slice(1);
      restoreLink(viewer);
    };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  });
}
