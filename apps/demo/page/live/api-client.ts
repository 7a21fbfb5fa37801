import type { ApiErrorBody } from "../../src/api/state.js";

/** The server refused or failed, or did not answer. `hint` says what to do about it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

type Query = Readonly<Record<string, string | undefined>>;

export interface Request {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent unchanged. */
  readonly body?: Blob;
  readonly signal?: AbortSignal;
}

type Method = "GET" | "POST" | "DELETE";

/** Calls the demo's server. Throws `ApiError`. */
export async function call<Answer>(
  method: Method,
  path: string,
  request: Request = {},
): Promise<Answer> {
  const response = await send(method, path, request);
  return (await response.json()) as Answer; // the type is the API's
}

/** Like `call`, for answers that are not JSON. */
export async function send(method: Method, path: string, request: Request): Promise<Response> {
  const { json, body, signal } = request;
  const response = await reach(address(path, request.query), {
    method,
    ...(json !== undefined && {
      body: JSON.stringify(json),
      headers: { "content-type": "application/json" },
    }),
    ...(body !== undefined && {
      body,
      headers: { "content-type": body.type || "application/octet-stream" },
    }),
    ...(signal !== undefined && { signal }),
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

/** `/api/events/<id>`, with the id as one segment. */
export function apiPath(place: "events" | "delivered" | "dead", id: string, rest = ""): string {
  return `/api/${place}/${encodeURIComponent(id)}${rest}`;
}

function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(
      "unreachable",
      "The demo's server does not answer.",
      "Start it again; the page reconnects by itself.",
    );
  }
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as ApiErrorBody;
    return new ApiError(error.code, error.message, error.hint);
  } catch {
    return new ApiError(
      "unexpected",
      `The server answered ${response.status}.`,
      "Reload the page, and see what the server printed.",
    );
  }
}
