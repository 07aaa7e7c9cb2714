/** Which folder of `src` may import which. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

/** What a folder may import beside itself; a page all of these, and no other page. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  kit: ["wire"],
  stage: ["wire", "kit"],
  map: ["wire", "kit"],
  pages: ["wire", "kit", "stage", "map"],
};

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((path) => /\.(ts|svelte)$/.test(path));

/** The paths that a file imports, from `src`; packages are left out. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const specifiers = [...text.matchAll(/(?:from|import|new URL\()\s*\(?"(\.[^"]+)"/g)].map(([, path]) => path);
  return specifiers.map((path) => normalize(join(dirname(file), path)));
}

/** The folder, and for a page its name. */
const roomOf = (path: string): string => (path.startsWith("pages/") ? path.split("/").slice(0, 2).join("/") : path.split("/")[0]);

test("every folder is in the table", () => {
  expect([...new Set(files.map((file) => file.split("/")[0]))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test("imports follow the table, and no page imports another", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => {
        const [from, to] = [roomOf(file), roomOf(path)];
        return from !== to && !(MAY_IMPORT[from.split("/")[0]] ?? []).includes(to);
      })
      .map((path) => `${file} imports ${relative(".", path)}`),
  );
  expect(wrong).toEqual([]);
});

test("the imports are seen at all", () => {
  expect(importsOf("pages/viewer/App.svelte")).toContain("kit/Timeline.svelte");
  expect(importsOf("kit/fleet/neighbour-search.svelte.ts")).toContain("kit/fleet/neighbours.worker.ts");
});
