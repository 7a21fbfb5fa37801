import { systemClock } from "@keywhen/core/internal";
import { UsageError } from "@keywhen/host";
import { type CopiedObject, s3CopyEvent } from "./s3-event.js";

/** The address that deliveries are posted to. */
export interface ForwardAddress {
  /** Without a user name and a password, because error messages of the network stack contain the URL. */
  readonly url: URL;
  /** The header made of the user name and the password. */
  readonly authorization: string | undefined;
}

/** How a post ended: the status of the answer, or why it failed. */
export type Forwarded =
  | { readonly outcome: "forwarded"; readonly status: number }
  | { readonly outcome: "not-forwarded"; readonly why: string };

/** Posts what S3 would have sent, a few at a time, and tries each several times. */
export interface Forwarder {
  send(copied: CopiedObject): Promise<Forwarded>;
  /** Resolves when every post has ended. After this call, nothing is tried again. */
  end(): Promise<void>;
}

export interface ForwarderOptions {
  readonly address: ForwardAddress;
  /** Called for each failed try that is repeated. */
  readonly onRetry: (copied: CopiedObject, why: string) => void;
}

const MOST_IN_FLIGHT = 8;
const PAUSES_MS = [250, 1_000, 3_000];
const ANSWER_WITHIN_MS = 10_000;
/** The process has five seconds to end. */
const ANSWER_AT_END_WITHIN_MS = 1_000;

/** Reads the URL of `--forward-to`. Throws a `UsageError` that does not repeat a password. */
export function readForwardAddress(text: string): ForwardAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    const shown = text.replace(/^([^@]*?:?\/\/)?[^@]*@/, "$1…@");
    throw new UsageError(
      `--forward-to must be an http:// or https:// address (got "${shown}").`,
      "For example http://localhost:3000/due.",
    );
  }
  const { username, password } = url;
  url.username = "";
  url.password = "";
  if (username === "" && password === "") return { url, authorization: undefined };
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`);
  return { url, authorization: `Basic ${credentials.toString("base64")}` };
}

/** A % that does not start an escape is a plain character. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function createForwarder({ address, onRetry }: ForwarderOptions): Forwarder {
  const ending = new AbortController();
  const giveUp = new AbortController();
  const sending = new Set<Promise<Forwarded>>();
  const waiting: (() => void)[] = [];
  let inFlight = 0;

  const tryAll = async (copied: CopiedObject): Promise<Forwarded> => {
    for (let attempt = 0; ; attempt++) {
      const result = await post(address, copied, giveUp.signal);
      const pauseMs = PAUSES_MS[attempt];
      if (result.outcome === "forwarded" || pauseMs === undefined || ending.signal.aborted) {
        return result;
      }
      onRetry(copied, result.why);
      await systemClock.sleep(pauseMs, { signal: ending.signal });
    }
  };
  const sendInTurn = async (copied: CopiedObject) => {
    if (inFlight >= MOST_IN_FLIGHT) await new Promise<void>((resolve) => waiting.push(resolve));
    else inFlight += 1;
    try {
      return await tryAll(copied);
    } finally {
      const next = waiting.shift(); // takes over the turn
      if (next === undefined) inFlight -= 1;
      else next();
    }
  };
  return {
    send(copied) {
      const sent = sendInTurn(copied);
      sending.add(sent);
      void sent.then(() => sending.delete(sent));
      return sent;
    },
    async end() {
      ending.abort();
      const timer = setTimeout(() => giveUp.abort(), ANSWER_AT_END_WITHIN_MS);
      await Promise.all(sending);
      clearTimeout(timer);
    },
  };
}

async function post(
  { url, authorization }: ForwardAddress,
  copied: CopiedObject,
  signal: AbortSignal,
): Promise<Forwarded> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization && { authorization }) },
      body: JSON.stringify(s3CopyEvent(copied)),
      redirect: "manual", // a redirect could send the event to another server
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    await answer.body?.cancel();
    if (answer.ok) return { outcome: "forwarded", status: answer.status };
    return { outcome: "not-forwarded", why: whyRefused(answer) };
  } catch (error) {
    return { outcome: "not-forwarded", why: whyFailed(error) };
  }
}

function whyRefused({ status, statusText }: Response): string {
  const line = `${status} ${statusText}`.trim();
  return status >= 300 && status < 400 ? `${line} (redirects are not followed)` : line;
}

/** The message of `fetch` is "fetch failed"; its cause has the reason. */
function whyFailed(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.message;
  return error.name === "TimeoutError" ? "no answer" : error.message;
}

/** `204`, or `not forwarded: ECONNREFUSED`. */
export function describeForwarded(forwarded: Forwarded): string {
  if (forwarded.outcome === "forwarded") return String(forwarded.status);
  return `not forwarded: ${forwarded.why}`;
}
