/** The answers of the server, fetched and checked. */

import { certificateOf, safetyOf, showOf } from "./answers";
import type { Certificate } from "./certificate";
import { decodeFleet, type Fleet } from "./fleet";
import { MalformedAnswer } from "./reader";
import type { SafetyReport } from "./safety";
import type { ShowAnswer } from "./show";

/** What can go wrong, in English. */
export type ApiMessage =
  | "The Kapok server does not answer."
  | "The server answered {status} to {path}: {text}"
  | "The server answered {status} to {path}."
  | "Bad data from {path}: {error}."
  | "The answer to {path} is not JSON."
  | "The answer to {path} broke off before its end.";
export type ApiCure = typeof RESTART | typeof UPDATE;

const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));

/** What starts the viewer. */
export const COMMAND = "`kapok view FILE`";

/** Something is wrong with the connection or with the data; `message` says what, `remedy` what to do about it. */
export class ApiError extends Error {
  override name = "ApiError";
  /** `template` has a `{name}` for each of the values: a page may say it in another language. */
  constructor(
    readonly template: ApiMessage,
    readonly values: Readonly<Record<string, string | number>>,
    readonly cure: ApiCure,
  ) {
    super(filled(template, values));
  }

  /** What to do about it. */
  get remedy(): string {
    return filled(this.cure, { command: COMMAND });
  }
}

/** Where the server answers, relative to the page; `API` of the room `server` says the same. */
export const API = "api/v1";

const RESTART = "Start the viewer again with {command}, then reload this page.";
const UPDATE = "The server and this page do not fit together. Rebuild both from the same version of Kapok.";

async function get(name: string): Promise<Response> {
  try {
    return await fetch(`${API}/${name}`, { cache: "no-store" });
  } catch {
    throw new ApiError("The Kapok server does not answer.", {}, RESTART);
  }
}

/** What a refusal says: its `detail`, or the text of whatever stands between page and server. */
function refusalText(body: string): string {
  try {
    const { detail } = JSON.parse(body) as { detail?: unknown };
    if (typeof detail === "string") return detail;
  } catch {
    // No JSON: shown as it is.
  }
  return body;
}

async function requireOk(response: Response, name: string): Promise<Response> {
  if (response.ok) return response;
  const text = refusalText(await response.text().catch(() => "")).trim().slice(0, 400);
  const values = { status: response.status, path: `/${API}/${name}`, text };
  throw new ApiError(text ? "The server answered {status} to {path}: {text}" : "The server answered {status} to {path}.", values, RESTART);
}

/** Reads the body with `read`, and turns whatever goes wrong into a sentence. */
async function parse<T>(response: Response, name: string, read: (response: Response) => Promise<T>): Promise<T> {
  try {
    return await read(response);
  } catch (error) {
    const path = `/${API}/${name}`;
    if (error instanceof MalformedAnswer) throw new ApiError("Bad data from {path}: {error}.", { path, error: error.message }, UPDATE);
    if (error instanceof SyntaxError) throw new ApiError("The answer to {path} is not JSON.", { path }, UPDATE);
    throw new ApiError("The answer to {path} broke off before its end.", { path }, RESTART);
  }
}

/** Fetches the show's description. Throws {@link ApiError}. */
export async function fetchShow(): Promise<ShowAnswer> {
  const response = await requireOk(await get("show"), "show");
  return parse(response, "show", async (r) => showOf(await r.json()));
}

/** Fetches trajectories and light programs. Throws {@link ApiError}. */
export async function fetchFleet(vehicleCount: number): Promise<Fleet> {
  const response = await requireOk(await get("trajectories"), "trajectories");
  return parse(response, "trajectories", async (r) => decodeFleet(await r.arrayBuffer(), vehicleCount));
}

/** Fetches the certificate; null when the server has none. Throws {@link ApiError}. */
export async function fetchCertificate(): Promise<Certificate | null> {
  const response = await get("certificate");
  if (response.status === 404) return null;
  await requireOk(response, "certificate");
  return parse(response, "certificate", async (r) => certificateOf(await r.json()));
}

/** Fetches the figures of the safety page; null when the server has none for this show. Throws {@link ApiError}. */
export async function fetchSafety(vehicleCount: number): Promise<SafetyReport | null> {
  const response = await get("safety");
  if (response.status === 404) return null;
  await requireOk(response, "safety");
  return parse(response, "safety", async (r) => safetyOf(await r.json(), vehicleCount));
}
