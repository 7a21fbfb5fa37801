import { UsageError } from "@keywhen/host";

/** Where deliveries are posted to. */
export interface ForwardAddress {
  /** Without a user name and a password: it appears in error messages of the network stack. */
  readonly url: URL;
  /** What they become. */
  readonly authorization: string | undefined;
}

/** Reads the URL of `--forward-to`; throws a `UsageError` that repeats no password. */
export function readForwardAddress(text: string): ForwardAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new UsageError(
      `--forward-to must be an http:// or https:// address (got "${withoutCredentials(text)}").`,
      "For example http://localhost:3000/due.",
    );
  }
  const authorization = authorizationOf(url);
  url.username = "";
  url.password = "";
  return { url, authorization };
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

/** A % that is no escape means itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutCredentials(text: string): string {
  return text.replace(/^([^@]*?:?\/\/)?[^@]*@/, "$1…@");
}
