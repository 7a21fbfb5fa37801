import { systemClock } from "@keywhen/core";
import type { ForwardAddress } from "./forward-address.js";
import { type CopiedObject, s3CopyEvent } from "./s3-event.js";

/** What became of a notification: the answer's status, or why it was given up. */
export type Forwarded =
  | { readonly outcome: "forwarded"; readonly status: number }
  | { readonly outcome: "not-forwarded"; readonly why: string };

/** Posts what S3 would have sent, a few at a time and each a few times. */
export interface Forwarder {
  send(copied: CopiedObject): Promise<Forwarded>;
  /** Resolves when all is sent or given up; from now on nothing is tried again. */
  end(): Promise<void>;
}

export interface ForwarderOptions {
  readonly address: ForwardAddress;
  /** Told of each try that failed and is made again. */
  readonly onRetry: (copied: CopiedObject, why: string) => void;
}

const AT_ONCE = 8;
const PAUSES_MS = [250, 1_000, 3_000];
const ANSWER_WITHIN_MS = 10_000;
/** The process has five seconds to end. */
const ANSWER_AT_END_WITHIN_MS = 1_000;

export function createForwarder({ address, onRetry }: ForwarderOptions): Forwarder {
  const ending = new AbortController();
  const giveUp = new AbortController();
  const sending = new Set<Promise<Forwarded>>();
  const waiting: (() => void)[] = [];
  let underWay = 0;

  const takeTurn = async () => {
    if (underWay >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
  };
  const endTurn = () => {
    const next = waiting.shift();
    if (next === undefined) underWay -= 1;
    else next();
  };

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
    await takeTurn();
    try {
      return await tryAll(copied);
    } finally {
      endTurn();
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
      headers: {
        "content-type": "application/json",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify(s3CopyEvent(copied)),
      redirect: "manual", // a redirect would send the event, or ask for it, somewhere else
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
  const said = `${status} ${statusText}`.trim();
  return status >= 300 && status < 400 ? `${said} (redirects are not followed)` : said;
}

/** `fetch` says "fetch failed", and why in its cause. */
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
