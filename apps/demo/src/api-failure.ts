import { KeywhenError } from "@keywhen/core";
import { isStoreError, type StoreErrorCode } from "@keywhen/core/store";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ApiErrorBody, LiveError } from "./api/state.js";

export type Status = ContentfulStatusCode;

/** A call that this server refuses without asking the store. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  readonly status: Status;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(status: Status, code: string, message: string, hint?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** This server is a gateway to the store, so most of the store's errors are gateway errors. */
const STORE_STATUS: Readonly<Record<StoreErrorCode, Status>> = {
  "invalid-key": 400,
  "no-such-bucket": 502,
  denied: 502,
  unauthenticated: 502,
  throttled: 503,
  conflict: 409,
  unavailable: 503,
  "not-supported": 422,
  aborted: 503,
  unexpected: 502,
};

const HINTS: Readonly<Record<string, string>> = {
  denied: "Grant this server the permission that keywhen doctor names.",
  unauthenticated: "Correct or renew the credentials of this server.",
  "no-such-bucket": "Create the bucket, or correct its name.",
  throttled: "Try again later.",
  unavailable: "Check the network and the store's address, then try again.",
  conflict: "Try again.",
  "clock-skew": "Set this machine's clock (NTP).",
};

export interface Answer {
  readonly status: Status;
  readonly body: ApiErrorBody;
}

/** Returns the answer for an error. */
export function answerTo(error: unknown): Answer {
  if (error instanceof ApiFailure) return answer(error.status, error.code, error, error.hint);
  if (isStoreError(error)) return answer(STORE_STATUS[error.code], error.code, error);
  if (error instanceof KeywhenError) return answer(statusOf(error), error.code, error);
  return answer(500, "unexpected", error, "Report this bug of keywhen.");
}

function statusOf({ code }: KeywhenError): Status {
  if (code === "not-supported") return 422;
  return code === "clock-skew" ? 503 : 400;
}

function answer(status: Status, code: string, error: unknown, hint = HINTS[code]): Answer {
  const message = oneLine(error).replace(/(?<![.!?])$/, hint === undefined ? "" : ".");
  return { status, body: { error: { code, message, hint } } };
}

/** Returns an error's message as one line of at most 1,000 characters. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, " ").trim().slice(0, 1_000);
}

/** Returns why an outcome is undecided, if it has an error. */
export function whyOf(result: object): string | undefined {
  return "error" in result && result.error !== undefined ? oneLine(result.error) : undefined;
}

export function notFound(what: string): ApiFailure {
  return new ApiFailure(404, "not-found", `There is no ${what} with this id any more.`);
}

/** Returns what the page receives about an error outside a call. */
export function liveErrorOf(error: unknown): LiveError {
  const { code, message } = answerTo(error).body.error;
  return { code, message };
}
