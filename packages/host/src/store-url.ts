import { UsageError } from "./usage-error.js";

type Env = Readonly<Record<string, string | undefined>>;

/** The schemes that a store URL can have. */
const KNOWN_STORES =
  "file:./data (a folder), s3://bucket/root (S3 and compatible services), minio://host:port/bucket/root, gs://bucket/root and azure://account/container/root";
const OTHER_STORES =
  "For any other store give its module: --adapter ./my-store.mjs (or KEYWHEN_ADAPTER).";

/** The store URL of `--store` or `KEYWHEN_STORE`. */
export function storeUrl(given: string | undefined, env: Env): string | undefined {
  return given ?? (env["KEYWHEN_STORE"] || undefined);
}

/** The module of `--adapter` or `KEYWHEN_ADAPTER`. */
export function adapterModule(given: string | undefined, env: Env): string | undefined {
  return given ?? (env["KEYWHEN_ADAPTER"] || undefined);
}

/** Throws a `UsageError` for a store URL that no adapter accepts. Never repeats a password. */
export function checkStoreUrl(url: string | undefined): string {
  if (url === undefined) {
    throw new UsageError(
      "No store is given.",
      `Give --store or set KEYWHEN_STORE: ${KNOWN_STORES}.`,
    );
  }
  if (/^[^?#]*\/\/[^/?#]*@/.test(url)) {
    throw new UsageError(
      "The store URL contains a user name or a password.",
      "Remove what is before the @; credentials come from the environment.",
    );
  }
  if (url !== url.trim() || /\p{Cc}/u.test(url)) {
    throw new UsageError(
      `The store URL contains a line end, a control character, or a blank at an end (got ${JSON.stringify(url)}).`,
      "Remove it. A common source is an .env file with Windows line ends.",
    );
  }
  refuseQuotes("The store URL", url);
  if (/^file:~(?:\/|\?|$)/i.test(url)) {
    throw new UsageError(
      `The ~ in the store URL ${url} is not expanded.`,
      "Write $HOME or the whole path instead.",
    );
  }
  return url;
}

/** Container runtimes pass on the quotes in an .env file. */
export function refuseQuotes(what: string, value: string): void {
  if (!/^["'`]|["'`]$/.test(value)) return;
  const bare = value.replace(/^["'`]+|["'`]+$/g, "");
  throw new UsageError(
    `${what} ${JSON.stringify(value)} begins or ends with a quote.`,
    `Write ${bare}.`,
  );
}

/** The scheme of a store URL, in lowercase; throws a `UsageError` if it has none. */
export function schemeOf(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined) return scheme;
  const guess = url === "" || /\s/.test(url) ? "" : ` Did you mean file:${url}?`;
  throw new UsageError(
    `The store URL ${JSON.stringify(url)} has no scheme.${guess}`,
    `Write one of these: ${KNOWN_STORES}.`,
  );
}

export function noAdapter(scheme: string): UsageError {
  return new UsageError(
    `There is no adapter for "${scheme}:".`,
    `Write one of these: ${KNOWN_STORES}. ${OTHER_STORES}`,
  );
}
