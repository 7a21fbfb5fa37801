import { createHmac, hash } from "node:crypto";
import { type HmacKey, hmac, hmacKey } from "./hmac.js";

/** A request as AWS's Signature Version 4 for S3 sees it. */
export interface SignableRequest {
  readonly method: string;
  /** Percent-encoded, as in the request line. */
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

export const EMPTY_HASH = sha256("");

export function sha256(body: string | Uint8Array): string {
  return hash("sha256", body, "hex");
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/** The `authorization` header of a request, over all of its headers. */
export function authorizationOf(request: SignableRequest, signing: Signing): string {
  const names = namesIn(request.headers);
  const key = signingKey(signing);
  const signature = sign(request, names, signing, key);
  return `${ALGORITHM} Credential=${signing.accessKeyId}/${key.scope}, SignedHeaders=${names.joined}, Signature=${signature}`;
}

/** The signature over the headers of these names, which are sorted and joined by `;`. */
export function signatureOf(request: SignableRequest, joined: string, signing: Signing): string {
  return sign(request, { sorted: joined.split(";"), joined }, signing, signingKey(signing));
}

function sign(
  { method, path, query, headers }: SignableRequest,
  { sorted, joined }: SignedNames,
  { time, bodyHash }: Signing,
  { scope, key }: SigningKey,
): string {
  let canonicalHeaders = "";
  for (const name of sorted) canonicalHeaders += `${name}:${oneLine(headers[name] ?? "")}\n`;
  const canonical = `${method}\n${path}\n${canonicalQuery(query)}\n${canonicalHeaders}\n${joined}\n${bodyHash}`;
  return hmac(key, `${ALGORITHM}\n${time}\n${scope}\n${sha256(canonical)}`);
}

/** Sorted by the encoded names. A URL can have this form, too. */
export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  const names = Object.keys(query);
  if (names.length === 0) return "";
  const pairs = names.map((name) => [escapeUri(name), escapeUri(query[name] ?? "")]);
  pairs.sort(([left = ""], [right = ""]) => (left < right ? -1 : 1));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

function oneLine(value: string): string {
  const isIt = !/[\t\r\n]| {2}|^ | $/.test(value);
  return isIt ? value : value.replace(/[ \t\r\n]+/g, " ").replace(/^ | $/g, "");
}

interface SignedNames {
  readonly sorted: readonly string[];
  readonly joined: string;
}

let lastNames: readonly string[] = [];
let lastSigned: SignedNames = { sorted: [], joined: "" };

/** The names of headers in the order of a signature; nearly all requests of a sweep carry the same as the one before. */
function namesIn(headers: Readonly<Record<string, string>>): SignedNames {
  const names = Object.keys(headers);
  const isKnown =
    names.length === lastNames.length && names.every((name, index) => name === lastNames[index]);
  if (!isKnown) {
    const sorted = names.toSorted();
    lastNames = names;
    lastSigned = { sorted, joined: sorted.join(";") };
  }
  return lastSigned;
}

/** The key that signs for a day in a region. */
interface SigningKey {
  readonly secret: string;
  readonly region: string;
  readonly day: string;
  readonly scope: string;
  readonly key: HmacKey;
}

const kept: SigningKey[] = [];
const KEPT_MAX = 50;

function signingKey({ secretAccessKey: secret, time, region }: Signing): SigningKey {
  const isIt = (one: SigningKey) =>
    one.region === region && one.secret === secret && time.startsWith(one.day);
  const known = kept.find(isIt);
  if (known !== undefined) return known;
  const day = time.slice(0, 8);
  const parts = [day, region, "s3", "aws4_request"];
  const bytes = parts.reduce<Buffer>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
  const made = { secret, region, day, scope: parts.join("/"), key: hmacKey(bytes) };
  if (kept.length >= KEPT_MAX) kept.length = 0;
  kept.push(made);
  return made;
}

/** Percent-encodes all but RFC 3986's unreserved characters, as a signature requires it. */
function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, hexOf);
}

/** Matches a path that needs no escape, as most keys. */
const PLAIN_PATH = /^[\w.~/-]*$/;

/** A key in the form that a path has: `/` is kept. */
export function escapePath(key: string): string {
  return PLAIN_PATH.test(key) ? key : escapeUri(key).replaceAll("%2F", "/");
}

function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
