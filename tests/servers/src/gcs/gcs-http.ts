export interface GcsRequest {
  readonly method: string;
  /** Decoded parts of the path below `/storage/v1`, beginning with `b`. */
  readonly path: readonly string[];
  readonly isUpload: boolean;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Clients with only STORAGE_EMULATOR_HOST leave out `/storage/v1`. */
const PATH = /^(\/upload)?(?:\/storage\/v1)?\/(b(?:\/.*)?)$/;

export function parseRequest(
  method: string,
  url: string,
  rest: Pick<GcsRequest, "headers" | "body">,
): GcsRequest {
  const [pathname = "", ...query] = url.split("?");
  const found = PATH.exec(pathname);
  if (found === null) throw new GcsRefusal(404, "notFound", "Not Found");
  return {
    method,
    path: (found[2] ?? "").split("/").map(decodeURIComponent),
    isUpload: found[1] !== undefined,
    query: new URLSearchParams(query.join("?")),
    ...rest,
  };
}

export function jsonBody(bytes: Uint8Array): Record<string, unknown> {
  const text = Buffer.from(bytes).toString("utf8");
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Refused below.
  }
  throw new GcsRefusal(400, "invalid", "Parse Error");
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export interface GcsAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** Google's reasons, as far as this server gives them. */
export type GcsReason =
  | "authError"
  | "backendError"
  | "conditionNotMet"
  | "conflict"
  | "forbidden"
  | "gone"
  | "internalError"
  | "invalid"
  | "notFound"
  | "rateLimitExceeded"
  | "required";

/** A request that is refused; answered as Google writes errors. */
export class GcsRefusal extends Error {
  readonly status: number;
  readonly reason: GcsReason;

  constructor(status: number, reason: GcsReason, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export function json(value: unknown, status = 200): GcsAnswer {
  const headers = { "content-type": "application/json; charset=UTF-8" };
  return { status, headers, body: JSON.stringify(value) };
}

/** Google's error body: https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export function errorAnswer({ status, reason, message }: GcsRefusal): GcsAnswer {
  const errors = [{ message, domain: "global", reason }];
  return json({ error: { code: status, message, errors } }, status);
}

/** A media download is refused in plain words. */
export function plainError({ status, message }: GcsRefusal): GcsAnswer {
  return { status, headers: { "content-type": "text/html; charset=UTF-8" }, body: message };
}
