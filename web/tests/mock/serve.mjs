// @ts-check
/**
 * A server with the interface of `kapok view`, on loopback, with a synthetic show; serves web/dist when it is built.
 *
 *     node tests/mock/serve.mjs [--vehicles 1000] [--port 4178] [--certificate proved|violated|none] [--safety full|no-footprint|none] [--bare] [--fault NAME]
 */

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeSafety } from "./safety.mjs";
import { makeCertificate, makeShow } from "./show.mjs";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/**
 * What goes wrong on purpose.
 * @typedef {"none" | "truncated" | "bad-magic" | "bad-show" | "server-error" | "bad-safety"} Fault
 * @typedef {{ vehicles?: number, port?: number, certificate?: "proved" | "violated" | "none" | "foreign", safety?: "full" | "no-footprint" | "none", bare?: boolean, scenery?: boolean, indoor?: boolean, fault?: Fault }} Options
 */

/** Starts the mock. @param {Options} options @returns {Promise<{ url: string, made: ReturnType<typeof makeShow>, close: () => Promise<void> }>} */
export async function startMock({ vehicles = 1000, port = 0, certificate = "proved", safety = "full", bare = false, scenery = false, indoor = false, fault = "none" } = {}) {
  const made = makeShow(vehicles, { bare, scenery, indoor });
  /** @type {any} */
  const proof = certificate === "none" ? null : makeCertificate(made, certificate === "violated" ? "violated" : "proved");
  if (certificate === "foreign") proof.file = { ...proof.file, sha256: "0".repeat(64) };
  /** @type {any} */
  const show = fault === "bad-show" ? { ...made.show, vehicle_count: "many" } : made.show;
  let bytes = made.trajectories;
  if (fault === "truncated") bytes = bytes.subarray(0, bytes.length - 100);
  if (fault === "bad-magic") bytes = Buffer.concat([Buffer.from("PK\x03\x04"), bytes.subarray(4)]);

  /** Made once, when it is first asked for: it takes a while for a large fleet. @type {any} */
  let figures = null;
  const safetyFigures = () => {
    figures ??= makeSafety(made, { footprint: safety === "full", verdict: certificate === "violated" ? "violated" : "proved" });
    return fault === "bad-safety" ? { ...figures, step_ms: "often" } : figures;
  };

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const send = (/** @type {number} */ status, /** @type {string} */ type, /** @type {string | Buffer} */ body) => {
      response.writeHead(status, { "content-type": type });
      response.end(body);
    };
    if (fault === "server-error" && path.startsWith("/api/")) return send(500, "application/json", JSON.stringify({ detail: "the show cannot be read" }));
    if (path === "/api/v1/show") return send(200, "application/json", JSON.stringify(show));
    if (path === "/api/v1/live") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`retry: 400\n\ndata: ${JSON.stringify({ version: 1, work: "idle", watched: null, trouble: null })}\n\n`);
      return;
    }
    if (path === "/api/v1/trajectories") return send(200, "application/octet-stream", bytes);
    if (path === "/api/v1/flown") return send(200, "application/json", "null");
    if (path === "/api/v1/certificate") {
      return send(200, "application/json", JSON.stringify(proof));
    }
    if (path === "/api/v1/safety") {
      return safety === "none"
        ? send(404, "application/json", JSON.stringify({ detail: "no safety figures" }))
        : send(200, "application/json", JSON.stringify(safetyFigures()));
    }
    const file = join(DIST, normalize(path === "/" ? "/index.html" : path));
    if (!file.startsWith(DIST) || !existsSync(file) || !statSync(file).isFile()) return send(404, "text/plain", "not found");
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    made,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      vehicles: { type: "string", default: "1000" },
      port: { type: "string", default: "4178" },
      certificate: { type: "string", default: "proved" },
      safety: { type: "string", default: "full" },
      bare: { type: "boolean", default: false },
      fault: { type: "string", default: "none" },
    },
  });
  const mock = await startMock({
    vehicles: Number(values.vehicles),
    port: Number(values.port),
    certificate: /** @type {any} */ (values.certificate),
    safety: /** @type {any} */ (values.safety),
    bare: values.bare,
    fault: /** @type {any} */ (values.fault),
  });
  console.log(`synthetic show of ${values.vehicles} on ${mock.url}`);
}
