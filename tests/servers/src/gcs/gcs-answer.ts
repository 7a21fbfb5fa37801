/** What a request is answered with. */
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
  | "requestedRangeNotSatisfiable"
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
  if (status === 304) return { status }; // Has no body.
  const errors = [{ message, domain: "global", reason }];
  return json({ error: { code: status, message, errors } }, status);
}

/** A media download is refused in plain words. */
export function plainError({ status, message }: GcsRefusal): GcsAnswer {
  return { status, headers: { "content-type": "text/html; charset=UTF-8" }, body: message };
}
