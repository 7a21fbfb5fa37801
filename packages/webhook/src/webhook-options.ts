import { type Duration, KeywhenError } from "@keywhen/core";
import {
  type Clock,
  checkOptionNames,
  durationMs,
  showValue,
  systemClock,
} from "@keywhen/core/internal";
import { type Receiver, readReceiver } from "./receiver.js";
import type { CloudEventNames } from "./request-headers.js";
import { createSigner, type Signer } from "./signer.js";

export interface WebhookOptions {
  /**
   * The receiver, like `https://example.com/hooks`. A user name and a password in it are sent as basic authorization. No error
   * and no report contains its path, query or password.
   */
  readonly url: string | URL;
  /**
   * What signs each webhook: `whsec_` and 24 to 64 random bytes in base64. Give two while you rotate them: each webhook is
   * then signed with both.
   */
  readonly secret: string | readonly [secret: string, other: string];
  /** How long the receiver may take to answer. @default "30s" */
  readonly timeout?: Duration | undefined;
  /** The most webhooks in flight. @default 16 */
  readonly concurrency?: number | undefined;
  /** More headers, such as `authorization`. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The CloudEvents `type` of each event. @default "keywhen.event.due" */
  readonly type?: string | undefined;
  /** The CloudEvents `source` of each event. @default `keywhen:` and the destination's name */
  readonly source?: string | undefined;
  /** Allows `http://` to a host on the public internet. Payloads can then be read on their way. @default false */
  readonly allowHttp?: boolean | undefined;
  /** Sends the requests, for example through a proxy. @default the platform's */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** For the time of each signature. @default this machine's clock */
  readonly clock?: Clock | undefined;
}

/** What `webhook()` makes of its options. */
export interface Settings {
  readonly receiver: Receiver;
  readonly signer: Signer;
  readonly timeout: Duration;
  readonly concurrency: number | undefined;
  /** Of every webhook. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cloudEvent: CloudEventNames;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

const OPTIONS = [
  "url",
  "secret",
  "timeout",
  "concurrency",
  "headers",
  "type",
  "source",
  "allowHttp",
  "fetch",
  "clock",
];
const DEFAULT_TIMEOUT = "30s";
const DEFAULT_TYPE = "keywhen.event.due";

/** Throws `invalid-option` for a wrong or an unknown option. No message contains a secret. */
export function readWebhookOptions(options: WebhookOptions): Settings {
  checkOptionNames(options, OPTIONS, "webhook()");
  const { timeout = DEFAULT_TIMEOUT, concurrency, type = DEFAULT_TYPE, source } = options;
  const { fetch = globalThis.fetch, clock = systemClock } = options;
  const receiver = readReceiver(options.url, options.allowHttp);
  durationMs(timeout);
  checkText("type", type);
  if (source !== undefined) checkText("source", source);
  if (typeof fetch !== "function") {
    throw invalid(`fetch must be a function like the global one (got ${showValue(fetch)}).`);
  }
  const { authorization } = receiver;
  const headers = readHeaders({ ...(authorization && { authorization }), ...options.headers });
  const signer = createSigner(options.secret);
  const cloudEvent = { type, source };
  return { receiver, signer, timeout, concurrency, headers, cloudEvent, fetch, clock };
}

function checkText(name: string, value: unknown): void {
  if (typeof value === "string" && value !== "") return;
  throw invalid(`${name} must be a non-empty string (got ${showValue(value)}).`);
}

/** Headers that keywhen or the connection sets. */
const RESERVED =
  /^(?:webhook-|ce-|keywhen-|content-|(?:host|connection|transfer-encoding|expect|te|trailer|upgrade|keep-alive)$)/i;

/** The value of a header may be a secret, so no message contains it. */
function readHeaders(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  // Answers are not read, so none has to be compressed.
  const headers: Record<string, string> = {
    "user-agent": "keywhen",
    "accept-encoding": "identity",
  };
  for (const [name, value] of Object.entries(given)) {
    if (RESERVED.test(name)) {
      throw invalid(`The header ${showValue(name)} is set by keywhen. Remove it from headers.`);
    }
    if (!isHeader(name, value)) {
      throw invalid(
        `headers must contain valid names and values: correct the one that is called ${showValue(name)}.`,
      );
    }
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function isHeader(name: string, value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    return new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
