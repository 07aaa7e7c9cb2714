// @ts-check
/**
 * Browser tests in real Chromium. `npm run build` first.
 *
 *     npm run test:browser                            against the mock
 *     KAPOK_URL=http://127.0.0.1:PORT/ npm run …      the mock's tests, then the walk through the real show there
 *     KAPOK=/path/to/kapok npm run …                  also a script that is edited while it is viewed, and the page beside films
 *     CHROMIUM=/path/to/chromium                      another browser
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startMock } from "../mock/serve.mjs";
import { launch } from "./chromium.mjs";
import { faults } from "./faults.mjs";
import { film } from "./film.mjs";
import { flight } from "./flight.mjs";
import { summary } from "./harness.mjs";
import { live } from "./live.mjs";
import { picture } from "./picture.mjs";
import { page } from "./page.mjs";
import { safety } from "./safety.mjs";
import { stage } from "./stage.mjs";
import { words } from "./words.mjs";
import { walk } from "./walk.mjs";

if (!existsSync(fileURLToPath(new URL("../../dist/index.html", import.meta.url)))) {
  console.error("web/dist is missing: run `npm run build` first");
  process.exit(1);
}

// `npm run test:browser picture page` runs these parts only.
const chosen = process.argv.slice(2);
const wanted = (/** @type {string} */ part) => chosen.length === 0 || chosen.includes(part);

const real = process.env["KAPOK_URL"];
const kapok = process.env["KAPOK"];
const browser = await launch();
const mock = await startMock();
try {
  if (wanted("picture")) await picture(browser, mock);
  if (wanted("stage")) await stage(browser, mock);
  if (wanted("words")) await words(browser, mock);
  if (wanted("page")) await page(browser, mock.url);
  if (wanted("safety")) await safety(browser, mock);
  if (wanted("faults")) await faults(browser, mock.url);
  if (wanted("walk")) await walk(browser, mock.url, "mock");
  if (kapok && wanted("film")) await film(browser, kapok);
  if (kapok && wanted("live")) await live(browser, kapok);
  if (kapok && wanted("flight")) await flight(browser, kapok);
  if (real) await walk(browser, real.endsWith("/") ? real : `${real}/`, "show");
} finally {
  await mock.close();
  await browser.close();
}
summary();
