// @ts-check
/** What goes wrong is said on the page, with what to do about it. */

import { startMock } from "../mock/serve.mjs";
import { launch } from "./chromium.mjs";
import { assert, test, withPage } from "./harness.mjs";

/** @param {import("playwright-core").Browser} browser @param {string} url */
export async function faults(browser, url) {
  /** @type {[import("../mock/serve.mjs").Fault, RegExp][]} */
  const cases = [
    ["truncated", /Bad data from \/api\/v1\/trajectories: \d+ bytes, but the header announces \d+/],
    ["bad-magic", /do not begin with KPK1/],
    ["bad-show", /Bad data from \/api\/v1\/show: show\.vehicle_count: expected a finite number/],
    ["server-error", /answered 500 to \/api\/v1\/show: the show cannot be read/],
  ];
  for (const [fault, message] of cases) {
    await test(`fault: ${fault}`, async () => {
      const mock = await startMock({ vehicles: 20, fault });
      try {
        await withPage(browser, mock.url, { allowErrors: true }, async (page) => {
          assert.match(await page.getByRole("alert").innerText(), message);
          await page.getByRole("button", { name: "Try again" }).waitFor();
        });
      } finally {
        await mock.close();
      }
    });
  }

  await test("fault: the server is gone, and comes back", () =>
    withPage(
      browser,
      url,
      { allowErrors: true, prepare: (page) => page.route("**/api/**", (route) => route.abort()) },
      async (page) => {
        assert.match(await page.getByRole("alert").innerText(), /does not answer[\s\S]*kapok view/);
        await page.unroute("**/api/**");
        await page.getByRole("button", { name: "Try again" }).click();
        await page.waitForFunction(() => window.__kapok?.ready);
      },
    ));

  await test("fault: no certificate", async () => {
    const mock = await startMock({ vehicles: 20, certificate: "none" });
    try {
      await withPage(browser, mock.url, { allowErrors: true }, async (page) => {
        await page.getByText("Nothing is proved about this show yet.").waitFor();
        assert.equal(await page.getByRole("button", { name: "Mark the closest pair" }).isDisabled(), true);
      });
    } finally {
      await mock.close();
    }
  });

  await test("fault: the certificate of another file", async () => {
    const mock = await startMock({ vehicles: 20, certificate: "foreign" });
    try {
      await withPage(browser, mock.url, {}, async (page) => {
        assert.match(await page.getByRole("alert").innerText(), /belongs to another file/);
      });
    } finally {
      await mock.close();
    }
  });

  await test("fault: no WebGL, the panels still work", async () => {
    const blind = await launch({ webgl: false });
    try {
      await withPage(blind, url, { allowErrors: true }, async (page) => {
        assert.match(await page.getByRole("alert").innerText(), /WebGL/);
        await page.getByRole("tabpanel", { name: "Certificate" }).getByText("Proved", { exact: true }).waitFor();
        await page.getByRole("slider", { name: "Time" }).waitFor();
      });
    } finally {
      await blind.close();
    }
  });
}
