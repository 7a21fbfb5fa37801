import { isError } from "@keywhen/core/internal";

/** Why a request got no answer, or only a part of one. */
export interface ConnectionFailure {
  /** The request may have reached the store: the failure came after the connection was ready. */
  readonly sent: boolean;
  /** What failed, the system's own words, and what to check. */
  readonly message: string;
}

/** Judges an error of Node's sockets, DNS and TLS, also one that an SDK wraps; undefined for anything else. */
export function connectionFailure(thrown: unknown): ConnectionFailure | undefined {
  const error = firstOf(thrown);
  const code = thrownText(error, "code") ?? "";
  const words = wordsOf(error);
  if (isDistrust(error)) {
    const message = `the endpoint's TLS certificate was refused (${words}): check the endpoint and the trusted certificates`;
    return { sent: false, message };
  }
  if (isFailedHandshake(error)) {
    const message = `the TLS handshake failed (${words}): if the endpoint is a plain HTTP server, use http:// (or tls=false)`;
    return { sent: false, message };
  }
  if (/^HPE_/.test(code) && isTlsAlert(error)) {
    const message = `the endpoint answers in TLS (${words}): use https:// (or tls=true)`;
    return { sent: false, message };
  }
  if (/^HPE_/.test(code)) {
    return {
      sent: true,
      message: `the answer is not HTTP (${words}): check the endpoint, and whether it requires https://`,
    };
  }
  // A file that is missing, such as one with credentials.
  if (code === "ENOENT") return undefined;
  if (!CONNECTION_CODE.test(code) && thrownText(error, "name") !== "TimeoutError") return undefined;
  return systemFailure(error, words);
}

/** Errors of the system, of Node's streams, and of the HTTP clients of SDKs. */
const CONNECTION_CODE = /^(E[A-Z]+|EAI_[A-Z]+|ERR_STREAM_\w+|UND_ERR_[A-Z_]+|REQUEST_SEND_ERROR)$/;

function systemFailure(error: unknown, words: string): ConnectionFailure {
  // The Azure SDK keeps the words of a system error, but not its `syscall`.
  const call = thrownText(error, "syscall") ?? /^\w+/.exec(words)?.[0];
  if (call === "getaddrinfo") {
    const message = `the endpoint's host name was not found (${words}): check the endpoint and DNS`;
    return { sent: false, message };
  }
  if (call === "connect") {
    const message = `no connection to the endpoint (${words}): check its address and port`;
    return { sent: false, message };
  }
  if (words === NO_TLS) {
    const message = `the endpoint closed the connection before TLS was established (${words}): check the endpoint and its port`;
    return { sent: false, message };
  }
  if (BROKEN_CODE.test(thrownText(error, "code") ?? "")) {
    const message = `the endpoint closed the connection early (${words}): if that repeats, check whether it requires https:// (or tls=true)`;
    return { sent: true, message };
  }
  return { sent: true, message: words };
}

const BROKEN_CODE = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;
/** Node's words; the code is that of any broken connection. */
const NO_TLS = "Client network socket disconnected before secure TLS connection was established";
const TLS_ALERT = 0x15;
const TLS_MAJOR_VERSION = 3;

/** Whether the answer that is not HTTP begins with a TLS alert: its server has read no request. */
function isTlsAlert(error: unknown): boolean {
  const bytes: unknown = Reflect.get(Object(error), "rawPacket");
  if (!(bytes instanceof Uint8Array)) return false;
  return bytes[0] === TLS_ALERT && bytes[1] === TLS_MAJOR_VERSION;
}

/**
 * A host name with several addresses fails with one error for each, and an empty message. Recognized by its shape: under Jest,
 * Node's errors are not instances of this realm's classes.
 */
function firstOf(error: unknown): unknown {
  const errors: unknown = isError(error) && "errors" in error ? error.errors : undefined;
  return Array.isArray(errors) && errors.length > 0 ? errors[0] : error;
}

/**
 * OpenSSL's reasons that end a handshake, so that nothing of the request was sent: packet length too long, wrong
 * version number, unsupported protocol, HTTP request; the server's alerts handshake failure, unknown CA, protocol version.
 */
const HANDSHAKE_REASONS: ReadonlySet<number> = new Set([
  0xc6, 0x10b, 0x102, 0x9c, 0x410, 0x418, 0x42e,
]);

/** Node gives OpenSSL's number in the text alone: `write EPROTO …:error:0A00010B:SSL routines:…`. */
function isFailedHandshake(error: unknown): boolean {
  if (thrownText(error, "code") !== "EPROTO") return false;
  const [, number = ""] = /:error:0A([0-9A-F]{6}):/.exec(thrownText(error, "message") ?? "") ?? [];
  return HANDSHAKE_REASONS.has(Number.parseInt(number, 16));
}

/** One line, without OpenSSL's source lines. */
function wordsOf(error: unknown): string {
  const [line = ""] = (thrownText(error, "message") ?? "").split("\n");
  const [, reason] = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(line) ?? [];
  return reason ?? (line.trim() || (thrownText(error, "code") ?? "no answer"));
}

/** Whether a certificate is not trusted: the handshake failed, so the request was never sent. */
function isDistrust(thrown: unknown): boolean {
  const code = thrownText(thrown, "code") ?? "";
  return /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_)/.test(code);
}

/** A text that something thrown carries under a name, as errors of Node and of SDKs do; `undefined` if it carries none. */
export function thrownText(thrown: unknown, name: string): string | undefined {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  const value: unknown = Reflect.get(thrown, name);
  return typeof value === "string" ? value : undefined;
}

/** The first line of what something thrown says. */
export function firstLineOf(thrown: unknown): string {
  const [line = ""] = (thrownText(thrown, "message") ?? String(thrown)).split("\n");
  return line.trim();
}
