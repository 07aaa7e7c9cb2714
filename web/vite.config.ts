import { readdirSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The development server answers /api from the mock (`npm run mock`) or from a `kapok view` given by KAPOK_URL.
const apiUrl = process.env["KAPOK_URL"] ?? "http://127.0.0.1:4178";

// One page a file: index.html is the viewer.
const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".html"));

export default defineConfig({
  // Relative addresses: the app works at any path of the server that embeds it.
  base: "./",
  plugins: [svelte()],
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { input: pages },
  },
  worker: { format: "es" },
  // The font lies with the crate that draws text.
  server: { proxy: { "/api": apiUrl }, fs: { allow: ["..", "."] } },
  test: { include: ["tests/unit/**/*.test.ts"], environment: "node" },
});
