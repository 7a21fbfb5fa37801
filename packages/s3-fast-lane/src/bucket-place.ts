import type { Credentials } from "./credentials.js";
import { escapePath, type SignableRequest, signatureOf } from "./sigv4.js";

/** Where a bucket's requests go, as the SDK's own request showed it. */
export interface BucketPlace {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number | undefined;
  readonly host: string;
  /** Before the `/` of the key: empty, or the endpoint's path and the bucket. */
  readonly pathPrefix: string;
  readonly region: string;
  readonly userAgent: string;
  /** The other header that names the client, if the SDK sends it: Ceph repeats it in its notifications. */
  readonly signedAgents: Readonly<Record<string, string>>;
  /** The prototype of the SDK's requests, for request handlers that rely on it. */
  readonly prototype: object;
}

/** Headers that the fast lane sends itself, that it replaces, or that don't matter. */
const KNOWN_HEADER =
  /^(host|authorization|user-agent|x-amz-(user-agent|date|security-token|content-sha256|copy-source|metadata-directive|checksum-mode|sdk-checksum-algorithm|checksum-crc32)|content-(type|length)|amz-sdk-(invocation-id|request))$/;
const KNOWN_QUERY =
  /^(x-id|delete|list-type|encoding-type|max-keys|prefix|start-after|continuation-token)$/;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<access>.+)\/\d{8}\/(?<region>[^/]+)\/s3\/aws4_request, SignedHeaders=(?<signed>[^,]+), Signature=(?<signature>[0-9a-f]{64})$/;

/**
 * The place that a request of the SDK goes to, for a key or, without one, for the bucket itself. `undefined` if the request
 * has anything that the fast lane would not send, or if the fast lane would sign it differently (another service, algorithm
 * or signer, other credentials than the client's).
 */
export function placeIn(
  request: unknown,
  key: string | undefined,
  credentials: Credentials,
  traceId: string | undefined,
): BucketPlace | undefined {
  if (!isRequest(request)) return undefined;
  const { protocol, hostname, port, path, headers, query, username, fragment } = request;
  const suffix = key === undefined ? "/" : `/${escapePath(key)}`;
  const isPlain = username === undefined && fragment === undefined && path.endsWith(suffix);
  if (!isPlain || !Object.keys(query).every((name) => KNOWN_QUERY.test(name))) return undefined;
  const { trace, known } = knownHeaders(headers);
  if (known === undefined || trace !== traceId) return undefined;
  const region = provenRegion(request, known, credentials);
  if (region === undefined) return undefined;
  const agent = known["x-amz-user-agent"];
  return {
    protocol,
    hostname,
    port: port ?? undefined,
    host: known["host"] ?? hostname,
    pathPrefix: path.slice(0, path.length - suffix.length),
    region,
    // Shows in servers' logs how the request was made.
    userAgent: `${known["user-agent"]} lib/keywhen#fast-lane`,
    signedAgents: agent === undefined ? {} : { "x-amz-user-agent": agent },
    prototype: Object.getPrototypeOf(request),
  };
}

/** The region of a request, if the fast lane calculates the same signature. */
function provenRegion(
  request: SignableRequest,
  headers: Readonly<Record<string, string>>,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): string | undefined {
  const found = AUTHORIZATION.exec(headers["authorization"] ?? "")?.groups;
  const time = headers["x-amz-date"];
  const bodyHash = headers["x-amz-content-sha256"];
  if (found === undefined || time === undefined || bodyHash === undefined) return undefined;
  const { access, region = "", signed = "", signature } = found;
  if (access !== accessKeyId || headers["x-amz-security-token"] !== sessionToken) return undefined;
  const signing = { accessKeyId, secretAccessKey, region, time, bodyHash };
  const ours = signatureOf({ ...request, headers }, signed, signing);
  return ours === signature ? region : undefined;
}

/** The headers by lower-case name, without Lambda's trace; `known` is undefined if there are other headers. */
function knownHeaders(headers: Readonly<Record<string, string>>) {
  const lower: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) lower[name.toLowerCase()] = value;
  const { "x-amzn-trace-id": trace, ...known } = lower;
  const isKnown = Object.keys(known).every((name) => KNOWN_HEADER.test(name));
  return { trace, known: isKnown ? known : undefined };
}

interface SdkRequest extends SignableRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly username?: string | undefined;
  readonly fragment?: string | undefined;
}

function isRequest(request: unknown): request is SdkRequest {
  if (typeof request !== "object" || request === null) return false;
  const isText = (name: string) => typeof Reflect.get(request, name) === "string";
  const hasTexts = (name: string) => {
    const texts: unknown = Reflect.get(request, name);
    if (typeof texts !== "object" || texts === null) return false;
    return Object.values(texts).every((text) => typeof text === "string");
  };
  return (
    ["method", "protocol", "hostname", "path"].every(isText) && ["headers", "query"].every(hasTexts)
  );
}
