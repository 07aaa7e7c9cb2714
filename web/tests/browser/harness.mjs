// @ts-check
/** A small runner: one line per test, non-zero exit on failure. */

import { strict as assert } from "node:assert";

export { assert };

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Browser} Browser */

/** How long to wait for something to happen on a slow machine with software graphics, milliseconds. */
export const PATIENCE_MS = 60_000;

/** @type {{ name: string, error: unknown }[]} */
const failures = [];
let passed = 0;

/** Runs a test and prints its line. @param {string} name @param {() => Promise<void>} body */
export async function test(name, body) {
  const started = Date.now();
  try {
    await body();
    passed++;
    console.log(`ok    ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failures.push({ name, error });
    console.log(`FAIL  ${name}`);
    console.log(String(error instanceof Error ? error.stack : error).replace(/^/gm, "      "));
  }
}

/** Prints the sum and sets the exit code. */
export function summary() {
  console.log(`\n${passed} passed, ${failures.length} failed`);
  for (const { name } of failures) console.log(`  failed: ${name}`);
  process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
}

/**
 * Opens the viewer, waits until it is ready (or has failed), gives the page to `body`, and fails if the page logged an
 * error or asked another host for anything.
 *
 * @param {Browser} browser @param {string} url
 * @param {{ hash?: string, width?: number, height?: number, locale?: string, prepare?: (page: Page) => Promise<unknown>, allowErrors?: boolean }} options
 * @param {(page: Page) => Promise<void>} body
 */
export async function withPage(browser, url, { hash = "", width = 1280, height = 720, locale = "en-GB", prepare, allowErrors = false }, body) {
  const page = await browser.newPage({ viewport: { width, height }, locale });
  page.setDefaultTimeout(PATIENCE_MS);
  /** @type {string[]} */
  const complaints = [];
  const { origin } = new URL(url);
  page.on("request", (request) => {
    const target = new URL(request.url());
    if (target.protocol.startsWith("http") && target.origin !== origin) complaints.push(`asked another host: ${target.href}`);
  });
  page.on("pageerror", (error) => complaints.push(`error on the page: ${error.stack}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !allowErrors) complaints.push(`logged an error: ${message.text()}`);
  });
  try {
    await prepare?.(page);
    await page.goto(hash ? `${url}#${hash}` : url);
    await page.waitForFunction(() => Boolean(window.__kapok?.ready || window.__kapok?.error), null, { timeout: PATIENCE_MS });
    await body(page);
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
  }
}

/** What the page says its view is. @param {Page} page @returns {Promise<any>} */
export const stateOf = (page) => page.evaluate(() => window.__kapok?.state());

/** Goes to a time and waits until it is drawn. @param {Page} page @param {number} tMs */
export async function seek(page, tMs) {
  await page.evaluate((to) => {
    window.__kapok?.seek(to);
    window.__kapok?.look(0, 0, 1);
  }, tMs);
}

/** Waits until the page says so. @param {Page} page @param {(state: any) => boolean} holds */
export async function until(page, holds) {
  const give = Date.now() + PATIENCE_MS;
  for (;;) {
    const state = await stateOf(page);
    if (holds(state)) return state;
    if (Date.now() > give) assert.fail(`waited in vain for ${holds}; the state is ${JSON.stringify({ ...state, chapters: undefined })}`);
    await page.waitForTimeout(60);
  }
}
