import type { Problem, Session } from "./types";

export const API = "/api/v1";

export type ParamValue = string | number | boolean | null | undefined | readonly string[];
export type Params = Record<string, ParamValue>;

/** A refusal or failure as the server said it (application/problem+json). */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }
}

/** Encodes one path segment; source keys hold slashes and stay one segment. */
export const segment = (text: string): string => encodeURIComponent(text);

/** The query text of `params`: null and undefined left out, "" sent, lists repeated, keys sorted. */
export function queryText(params: Params): string {
  const query = new URLSearchParams();
  for (const key of Object.keys(params).sort()) {
    const value = params[key];
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) value.forEach((each: string) => query.append(key, each));
    else query.append(key, String(value));
  }
  return query.toString();
}

/** The address of `path` under the API, for links, downloads and streams. */
export function apiUrl(path: string, params: Params = {}): string {
  const query = queryText(params);
  return API + path + (query ? `?${query}` : "");
}

/** The refusal of a write whose token is not its session's. */
const CSRF = "E-AUTH-03";

let csrf = "";

export async function readSession(): Promise<Session> {
  const session = await get<Session>("/session");
  csrf = session.csrf;
  return session;
}

export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  return send<T>(apiUrl(path, params), { headers: { Accept: "application/json" }, signal });
}

export interface WriteOptions {
  method?: "POST" | "PUT" | "DELETE";
  params?: Params;
  ifMatch?: string;
  /** Send the same key again when a write is repeated, so that it is done once. */
  idempotencyKey?: string;
}

export async function post<T>(
  path: string,
  body?: unknown,
  options: WriteOptions = {},
): Promise<T> {
  if (!csrf) await readSession();
  const key = options.idempotencyKey ?? newKey();
  try {
    return await write<T>(path, body, { ...options, idempotencyKey: key });
  } catch (error) {
    // The session was opened or ended elsewhere since its token was read: read it, ask once more.
    if (!(error instanceof ApiError) || error.problem.code !== CSRF) throw error;
    await readSession();
    return write<T>(path, body, { ...options, idempotencyKey: key });
  }
}

async function write<T>(path: string, body: unknown, options: WriteOptions): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", "X-CSRF-Token": csrf };
  const method = options.method ?? "POST";
  if (method === "POST") headers["Idempotency-Key"] = options.idempotencyKey ?? newKey();
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  const payload = form ? body : body === undefined ? undefined : JSON.stringify(body);
  const answer = await send<T>(apiUrl(path, options.params), { method, headers, body: payload });
  if (path.startsWith("/session")) csrf = (answer as Session | undefined)?.csrf ?? "";
  return answer;
}

export const put = <T>(path: string, body: unknown, ifMatch?: string): Promise<T> =>
  post<T>(path, body, { method: "PUT", ifMatch });

export const remove = <T>(path: string, ifMatch?: string): Promise<T> =>
  post<T>(path, undefined, { method: "DELETE", ifMatch });

async function send<T>(url: string, init: RequestInit): Promise<T> {
  const headers = { "Accept-Language": document.documentElement.lang, ...init.headers };
  const request = { credentials: "same-origin", ...init, headers } as const;
  const answer = await fetch(url, request).catch((cause: Error) => {
    if (cause.name === "AbortError") throw cause;
    throw new ApiError({ title: "unreachable", status: 0, code: "network.unreachable" });
  });
  if (answer.ok) return (await body(answer)) as T;
  throw new ApiError(await problem(answer));
}

async function body(answer: Response): Promise<unknown> {
  if (answer.status === 204) return undefined;
  const text = await answer.text();
  if (!text) return undefined;
  const json = (answer.headers.get("Content-Type") ?? "").includes("json");
  return json ? JSON.parse(text) : text;
}

async function problem(answer: Response): Promise<Problem> {
  const text = await answer.text();
  try {
    const read = JSON.parse(text) as Partial<Problem>;
    return { title: answer.statusText, status: answer.status, ...read };
  } catch {
    return { title: answer.statusText || "error", status: answer.status };
  }
}

/** A fresh key of 128 random bits; works without a secure context. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
