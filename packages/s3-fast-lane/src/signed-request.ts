import type { BucketPlace } from "./bucket-place.js";
import type { Credentials } from "./credentials.js";
import type { Question } from "./fast-operation.js";
import { authorizationOf, EMPTY_HASH, escapePath, type SignableRequest, sha256 } from "./sigv4.js";

export interface SignedRequest extends SignableRequest {
  readonly body: Uint8Array | undefined;
}

interface SignedBy {
  readonly credentials: Credentials;
  /** The store's time, or this machine's if it is unknown. */
  readonly nowMs: number;
  readonly traceId: string | undefined;
}

/** Signs a request for a bucket at its place. Adds headers one by one: to spread them takes longer than to sign. */
export function signedRequest(
  place: BucketPlace,
  { method, key = "", query = {}, headers: own = {}, body }: Question,
  { credentials, nowMs, traceId }: SignedBy,
): SignedRequest {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const path = `${place.pathPrefix}/${escapePath(key)}`;
  const time = signingTime(nowMs);
  const bodyHash = body === undefined ? EMPTY_HASH : sha256(body);
  const headers: Record<string, string> = {
    host: place.host,
    "x-amz-content-sha256": bodyHash,
    "x-amz-date": time,
  };
  fill(headers, own);
  fill(headers, place.signedAgents);
  if (sessionToken) headers["x-amz-security-token"] = sessionToken;
  const signing = { accessKeyId, secretAccessKey, region: place.region, time, bodyHash };
  headers["authorization"] = authorizationOf({ method, path, query, headers }, signing);
  // Proxies may change these two headers, so they are not signed.
  headers["user-agent"] = place.userAgent;
  if (traceId !== undefined) headers["x-amzn-trace-id"] = traceId;
  return { method, path, query, headers, body };
}

function fill(headers: Record<string, string>, more: Readonly<Record<string, string>>): void {
  for (const name in more) headers[name] = more[name] ?? "";
}

let lastSecond = 0;
let lastTime = "";

/** `20261124T080000Z`; thousands of requests share a second. */
function signingTime(nowMs: number): string {
  const second = Math.floor(nowMs / 1_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastTime = `${new Date(nowMs).toISOString().slice(0, 19).replace(/[:-]/g, "")}Z`;
  }
  return lastTime;
}

/** Lambda's trace of the current invocation, which lets S3 recognize a function that calls itself. */
export type TraceId = () => string | undefined;

/** The trace as the SDK sends it. Outside of Lambda the environment is read once, because reading it is slow. */
export function traceIds(env: Readonly<Record<string, string | undefined>>): TraceId {
  if (!env["AWS_LAMBDA_FUNCTION_NAME"]) return () => undefined;
  return () => env["_X_AMZN_TRACE_ID"] || undefined;
}
