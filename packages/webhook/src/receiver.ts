import { KeywhenError } from "@keywhen/core";
import { showValue } from "@keywhen/core/internal";

/** The endpoint that webhooks are sent to. */
export interface Receiver {
  /** Without a user name and a password, which `fetch` refuses. */
  readonly url: string;
  /** The header that is made of the user name and the password. */
  readonly authorization: string | undefined;
  /** For messages: scheme, host and port. Paths and queries often contain a token. */
  readonly shown: string;
}

/**
 * Reads the URL of an endpoint. Throws `invalid-option` for anything but `https://`, or `http://` to a host that is not on the
 * public internet, unless `allowHttp` is set. No message contains the path, the query or the password.
 */
export function readReceiver(given: unknown, allowHttp = false): Receiver {
  const text = given instanceof URL ? given.href : given;
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const got = url === undefined ? describe(given) : `one that begins with ${url.protocol}`;
    throw invalid(`url must be a URL like https://example.com/hooks (got ${got}).`);
  }
  if (url.protocol === "http:" && !allowHttp && !isPrivateHost(url.hostname)) {
    throw invalid(
      `url must begin with https:// (got ${url.origin}), because payloads can be read on their way. Set allowHttp: true to send them anyway.`,
    );
  }
  const { username, password } = url;
  url.username = "";
  url.password = "";
  url.hash = "";
  return {
    url: url.href,
    authorization: basicAuthorization(username, password),
    shown: url.origin,
  };
}

/** Leaves path and query out of an error's text, which may have decoded them. */
export function withoutPath({ url, shown }: Receiver, text: string): string {
  const { pathname, search } = new URL(url);
  const cut = text.replaceAll(url, shown);
  const texts = [cut, decoded(cut)];
  const secrets = [pathname, search].filter((part) => part.length > 1).map(decoded);
  const isShown = secrets.some((secret) => texts.some((shownText) => shownText.includes(secret)));
  return isShown ? "the request failed" : cut;
}

/** A text that is no URL may still contain a secret. */
function describe(given: unknown): string {
  return typeof given === "string"
    ? `${given.length} characters that are not a URL`
    : showValue(given);
}

function basicAuthorization(username: string, password: string): string | undefined {
  if (username === "" && password === "") return undefined;
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`);
  return `Basic ${credentials.toString("base64")}`;
}

/** A % that does not start an escape is a plain character. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Names that no public name server knows, and a container's name in its network. */
const PRIVATE_NAME = /^[^.:[\]]+$|\.(?:localhost|local|internal|home\.arpa)$/;
/** RFC 1122, 1918, 3927 and 6598. `URL` has written any form of an address as four decimal numbers. */
const PRIVATE_IPV4 =
  /^(?:127|10)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
/** Loopback, RFC 4193 and link-local. */
const PRIVATE_IPV6 = /^\[(?:::1\]|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/;

function isPrivateHost(host: string): boolean {
  const isIpv4 = /^\d+(?:\.\d+){3}$/.test(host);
  if (isIpv4) return PRIVATE_IPV4.test(host);
  return host.startsWith("[") ? PRIVATE_IPV6.test(host) : PRIVATE_NAME.test(host);
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
