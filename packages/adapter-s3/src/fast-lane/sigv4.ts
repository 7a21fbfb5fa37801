import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
import { escapeUri } from "./escape-uri.js";

/** A request as AWS's Signature Version 4 for S3 sees it. */
export interface SignableRequest {
  readonly method: string;
  /** Percent-encoded; S3 signs it as it is sent. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** As in `x-amz-date`: `20261124T080000Z`. */
  readonly time: string;
  /** Hexadecimal SHA-256 of the body. */
  readonly bodyHash: string;
}

/** SHA-256 of nothing. */
export const EMPTY_HASH = sha256("");

export function sha256(body: string | Uint8Array): string {
  return hash("sha256", body, "hex");
}

/** The `authorization` header that S3 wants of a request, over all of its headers. */
export function authorizationOf(request: SignableRequest, signing: Signing): string {
  const signed = Object.keys(request.headers).sort();
  const names = signed.join(";");
  const scope = scopeOf(signing);
  const signature = sign(request, signed, names, scope, signing);
  return `AWS4-HMAC-SHA256 Credential=${signing.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}

/** The signature over the headers of these names, which are sorted and joined by `;`. */
export function signatureOf(request: SignableRequest, names: string, signing: Signing): string {
  return sign(request, names.split(";"), names, scopeOf(signing), signing);
}

function sign(
  { method, path, query, headers }: SignableRequest,
  signed: readonly string[],
  names: string,
  scope: string,
  signing: Signing,
): string {
  const { time, bodyHash } = signing;
  let canonicalHeaders = "";
  for (const name of signed) canonicalHeaders += `${name}:${oneLine(headers[name] ?? "")}\n`;
  const canonical = `${method}\n${path}\n${canonicalQuery(query)}\n${canonicalHeaders}\n${names}\n${bodyHash}`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  return createHmac("sha256", signingKey(signing)).update(toSign).digest("hex");
}

/** Sorted by the encoded names. */
function canonicalQuery(query: Readonly<Record<string, string>>): string {
  const names = Object.keys(query);
  if (names.length === 0) return "";
  const pairs = names.map((name) => [escapeUri(name), escapeUri(query[name] ?? "")]);
  pairs.sort(([left = ""], [right = ""]) => (left < right ? -1 : 1));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

function oneLine(value: string): string {
  return /[\s]/.test(value) ? value.replace(/[ \t\r\n]+/g, " ").replace(/^ | $/g, "") : value;
}

function scopeOf({ time, region }: Signing): string {
  return `${time.slice(0, 8)}/${region}/s3/aws4_request`;
}

interface KeptKey {
  readonly secret: string;
  readonly key: KeyObject;
}

/** By day and region; a key that is made ready once signs five times as fast. */
const kept = new Map<string, KeptKey>();
const KEPT_MAX = 50;

function signingKey({ secretAccessKey: secret, time, region }: Signing): KeyObject {
  const day = time.slice(0, 8);
  const scope = `${day}/${region}`;
  const known = kept.get(scope);
  if (known?.secret === secret) return known.key;
  const parts = [day, region, "s3", "aws4_request"];
  const bytes = parts.reduce<Buffer>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
  const key = createSecretKey(bytes);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(scope, { secret, key });
  return key;
}
