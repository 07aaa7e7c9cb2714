/** The answers of the server, fetched and checked. */

import { certificateOf, flownOf, liveOf, safetyOf, showOf } from "./answers";
import type { Certificate } from "./certificate";
import { decodeFleet, type Fleet } from "./fleet";
import type { FlownAnswer } from "./flown";
import { decodeFlownBlock, type FlownBlock } from "./flown-block";
import type { LiveAnswer } from "./live";
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

/** Another show is on the screen by now: what was asked for is gone, and what is there is to be asked for. */
export class Superseded extends Error {
  override name = "Superseded";
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
  if (response.status === 204) throw new Superseded("another show is on the screen by now");
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

/** Fetches the show's description; null while the server has none yet. Throws {@link ApiError}. */
export async function fetchShow(): Promise<ShowAnswer | null> {
  const response = await requireOk(await get("show"), "show");
  return parse(response, "show", async (r) => {
    const json: unknown = await r.json();
    return json === null ? null : showOf(json);
  });
}

/** Fetches trajectories and light programs of that version of the show. Throws {@link ApiError}. */
export async function fetchFleet({ vehicle_count: vehicleCount, version }: ShowAnswer): Promise<Fleet> {
  const response = await requireOk(await get(`trajectories?version=${version}`), "trajectories");
  return parse(response, "trajectories", async (r) => decodeFleet(await r.arrayBuffer(), vehicleCount));
}

/** Fetches the certificate; null when the show has none, or none yet. Throws {@link ApiError}. */
export async function fetchCertificate({ version }: ShowAnswer): Promise<Certificate | null> {
  const response = await requireOk(await get(`certificate?version=${version}`), "certificate");
  return parse(response, "certificate", async (r) => {
    const json: unknown = await r.json();
    return json === null ? null : certificateOf(json);
  });
}

/** Fetches the figures of the safety page; null when the server has none for this show. Throws {@link ApiError}. */
export async function fetchSafety({ vehicle_count: vehicleCount, version }: ShowAnswer): Promise<SafetyReport | null> {
  const response = await get(`safety?version=${version}`);
  if (response.status === 404) return null;
  await requireOk(response, "safety");
  return parse(response, "safety", async (r) => safetyOf(await r.json(), vehicleCount));
}

/** Fetches what a flight log says of the show; null when none is shown beside it. Throws {@link ApiError}. */
export async function fetchFlown({ vehicle_count: vehicleCount, version }: ShowAnswer): Promise<FlownAnswer | null> {
  const response = await requireOk(await get(`flown?version=${version}`), "flown");
  return parse(response, "flown", async (r) => {
    const json: unknown = await r.json();
    return json === null ? null : flownOf(json, vehicleCount);
  });
}

/** Fetches where the vehicles were in a block of so many frames. Throws {@link ApiError}. */
export async function fetchFlownBlock({ vehicle_count: vehicleCount, version }: ShowAnswer, block: number, frames: number): Promise<FlownBlock> {
  const name = `flown/${block}`;
  const response = await requireOk(await get(`${name}?version=${version}`), name);
  return parse(response, name, async (r) => decodeFlownBlock(await r.arrayBuffer(), frames, vehicleCount));
}

/** Hands a file to the server, which puts it on the screen of all pages. Why it did not, empty if it did; null if nothing answers. */
export async function openFile(file: File): Promise<string | null> {
  const headers = { "content-type": "application/octet-stream" };
  try {
    const response = await fetch(`${API}/open/${encodeURIComponent(file.name)}`, { method: "POST", headers, body: file });
    return response.ok ? "" : refusalText(await response.text());
  } catch {
    return null;
  }
}

/**
 * Listens to what the server shows and does, from now on; ends with the returned function. A channel that breaks off is opened
 * anew again and again.
 */
export function listen(told: (answer: LiveAnswer) => void, connected: (is: boolean) => void): () => void {
  const channel = new EventSource(`${API}/live`);
  channel.onopen = () => connected(true);
  channel.onerror = () => connected(false);
  channel.onmessage = ({ data }: MessageEvent<string>) => {
    try {
      told(liveOf(JSON.parse(data)));
    } catch (error) {
      // What this page does not understand it does not show; the show itself is checked when it is fetched.
      if (!(error instanceof MalformedAnswer || error instanceof SyntaxError)) throw error;
    }
  };
  return () => channel.close();
}
