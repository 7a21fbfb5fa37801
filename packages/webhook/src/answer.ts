/** What a receiver's answer to a webhook means. */
export type Answer =
  | { readonly outcome: "delivered" }
  /** The receiver wants no more webhooks: this one is not sent again. */
  | { readonly outcome: "gone" }
  /** The receiver wants no webhook for a while. */
  | { readonly outcome: "busy"; readonly retryAfterMs: number }
  /** `undecided`: a gateway answered, and the receiver may have the webhook. */
  | { readonly outcome: "failed"; readonly undecided: boolean };

/** Of a receiver that is busy and names no time in the future. */
const PAUSE_MS = 5_000;
/** A receiver's mistake must not stop its webhooks for days. */
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Reads the status and the `Retry-After` header of an answer, as Standard Webhooks recommends: 2xx is success, and a
 * redirect a failure.
 */
export function readAnswer({ status, headers }: Pick<Response, "status" | "headers">): Answer {
  if (status >= 200 && status <= 299) return { outcome: "delivered" };
  if (status === 410) return { outcome: "gone" };
  const askedMs = retryAfterMs(headers);
  const isBusy = status === 429 || (status === 503 && askedMs !== undefined);
  if (isBusy)
    return { outcome: "busy", retryAfterMs: Math.min(askedMs ?? PAUSE_MS, LONGEST_PAUSE_MS) };
  return { outcome: "failed", undecided: status === 502 || status === 504 };
}

/** The pause of a `Retry-After` header, which has seconds or a date by the receiver's clock; `undefined` if it is neither. */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000 || PAUSE_MS;
  const [atMs, nowMs] = [httpDateMs(text), httpDateMs(headers.get("date") ?? "")];
  if (Number.isNaN(atMs)) return undefined;
  return atMs > nowMs ? atMs - nowMs : PAUSE_MS;
}

/** `Date.parse` alone takes much else for a date. */
function httpDateMs(text: string): number {
  return /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) : Number.NaN;
}
