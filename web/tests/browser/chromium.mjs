// @ts-check
/** Chromium with software graphics, the same on every machine. CHROMIUM overrides the path. */

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** @param {{ webgl?: boolean }} options */
export async function launch({ webgl = true } = {}) {
  const executablePath = process.env["CHROMIUM"] ?? PATHS.find((path) => existsSync(path));
  if (!executablePath) throw new Error("Chromium is missing: install it (Debian: chromium) or set CHROMIUM to its path");
  return chromium.launch({
    executablePath,
    ignoreDefaultArgs: ["--disable-gpu"],
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(webgl
        ? ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
        : ["--disable-gpu", "--disable-software-rasterizer", "--disable-3d-apis"]),
    ],
  });
}
