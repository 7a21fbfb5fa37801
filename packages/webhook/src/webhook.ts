import type {
  Destination,
  DestinationEvent,
  DestinationResult,
  OpenEvent,
} from "@keywhen/core/destination";
import { durationMs } from "@keywhen/core/internal";
import { isStoreError, visibleText } from "@keywhen/core/store";
import { readAnswer } from "./answer.js";
import { type Receiver, withoutPath } from "./receiver.js";
import { eventHeaders, webhookId } from "./request-headers.js";
import { unixSeconds } from "./signer.js";
import { readWebhookOptions, type Settings, type WebhookOptions } from "./webhook-options.js";

/** Larger bodies are read twice: first for the signature, which is a header, and then for the request. */
const MOST_IN_MEMORY = 1_048_576;
/** A short answer is read to its end, so that its connection can be used again. */
const SHORT_ANSWER = 65_536;
const LONGEST_READ_MS = 1_000;
/** Of an answer's status line. */
const MOST_SHOWN = 80;
/** The pause before a receiver that does not listen is called again. */
const RESTART_MS = 1_000;

/**
 * A destination that sends each event to an HTTP endpoint: a POST with the unchanged body, signed as Standard Webhooks defines
 * it, with the event's description as CloudEvents headers. 2xx is delivered. 410 makes the event a dead letter.
 * 429, and 503 with `Retry-After`, pause this endpoint's webhooks. An endpoint where nothing listens pauses for a second. Any
 * other answer is a failed try, also a redirect. Throws `invalid-option`.
 */
export function webhook(options: WebhookOptions): Destination {
  const settings = readWebhookOptions(options);
  const { timeout, concurrency } = settings;
  return {
    timeout,
    concurrency,
    async deliver(event, open, signal) {
      const untilMs = performance.now() + durationMs(timeout);
      const request = await signedRequest(settings, event, open);
      return send(settings, request, signal, untilMs);
    },
  };
}

interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

async function signedRequest(
  { signer, clock, headers, cloudEvent }: Settings,
  event: DestinationEvent,
  open: OpenEvent,
): Promise<SignedRequest> {
  const id = webhookId(event);
  const opened = await open();
  const isSmall = opened.size <= MOST_IN_MEMORY;
  const bytes = isSmall ? await new Response(opened.body).arrayBuffer() : undefined;
  const body = bytes && new Uint8Array(bytes);
  const timestamp = new Date(clock.now());
  const signed = { id, timestamp };
  const signature =
    body === undefined ? await signer.signStream(signed, opened.body) : signer.sign(signed, body);
  return {
    headers: {
      ...headers,
      ...eventHeaders(event, opened, cloudEvent),
      // Without it a stream is sent in chunks, which many receivers refuse.
      ...(body === undefined && { "content-length": String(opened.size) }),
      "webhook-id": id,
      "webhook-timestamp": String(unixSeconds(timestamp)),
      "webhook-signature": signature,
    },
    body: body ?? (await open()).body,
  };
}

async function send(
  { receiver, fetch }: Settings,
  { headers, body }: SignedRequest,
  signal: AbortSignal,
  untilMs: number,
): Promise<DestinationResult> {
  let answer: Response;
  try {
    answer = await fetch(receiver.url, {
      method: "POST",
      headers,
      body,
      redirect: "manual", // a redirect could send the event to another server
      signal,
      duplex: "half",
    });
  } catch (error) {
    return failedRequest(receiver, error);
  }
  await finish(answer, Math.min(LONGEST_READ_MS, (untilMs - performance.now()) / 2));
  return resultOf(receiver.shown, answer);
}

/** Reads the rest of a short answer, for this time at most. The status has said everything, so no error counts. */
async function finish({ headers, body }: Response, readMs: number): Promise<void> {
  const length = Number(headers.get("content-length") ?? Number.POSITIVE_INFINITY);
  // A few compressed bytes may be gigabytes.
  const isShort = length <= SHORT_ANSWER && !headers.has("content-encoding");
  if (!isShort || body === null) return cancel(body);
  const reader = body.getReader();
  const timer = setTimeout(() => cancel(reader), readMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // it broke off
  } finally {
    clearTimeout(timer);
  }
}

function cancel(body: Pick<ReadableStream, "cancel"> | null): void {
  body?.cancel().catch(() => undefined);
}

function resultOf(shown: string, answer: Response): DestinationResult {
  const result = readAnswer(answer);
  const status = visibleText(`${answer.status} ${answer.statusText}`.slice(0, MOST_SHOWN)).trim();
  const message = `${shown} answered ${status}`;
  switch (result.outcome) {
    case "delivered":
      return result;
    case "gone":
      return { outcome: "rejected", message };
    case "busy":
      return { outcome: "slow-down", message, retryAfterMs: result.retryAfterMs };
    case "failed": {
      const isRedirect = answer.status >= 300 && answer.status <= 399;
      const advice = isRedirect ? ", and redirects are not followed: use the new address" : "";
      return { ...result, message: `${message}${advice}` };
    }
  }
}

/** No connection was made, so the receiver certainly has nothing. */
const NOT_SENT =
  /^(?:ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+|ERR_TLS_\w+|ERR_SSL_\w+)$/;

/** The message of `fetch` is "fetch failed"; its cause has the reason. */
function failedRequest(receiver: Receiver, error: unknown): DestinationResult {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (isStoreError(cause)) throw cause; // the event's body broke off
  const { code, message = cause } = Object(cause);
  const reason = typeof code === "string" ? code : withoutPath(receiver, String(message));
  const failure = `${receiver.shown} did not answer: ${visibleText(reason)}`;
  // Nothing listens: a receiver that restarts is back in a moment.
  if (code === "ECONNREFUSED") {
    return { outcome: "slow-down", message: failure, retryAfterMs: RESTART_MS };
  }
  return { outcome: "failed", message: failure, undecided: !NOT_SENT.test(reason) };
}
