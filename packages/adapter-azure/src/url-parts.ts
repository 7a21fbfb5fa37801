import { KeywhenError } from "@keywhen/core";

const PARAMETERS = ["endpoint"];
const FORM = "azure://account/container/root?endpoint=…";

export interface UrlParts {
  readonly account: string;
  readonly container: string;
  readonly root: string | undefined;
  /** Without the account, and without `/` at its end. */
  readonly endpoint: string | undefined;
}

/** Throws `invalid-option` for what is no `azure://account/container/root?endpoint=…`. */
export function partsOf(text: string): UrlParts {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "azure:") throw invalid("it begins with azure://");
  if (url.username || url.password) {
    throw invalid("it holds no credentials; they come from the environment");
  }
  if (!url.hostname) throw invalid("it names an account");
  if (url.port || url.hash) throw invalid("it has neither a port nor a #");
  const [container = "", ...root] = decoded(url.pathname)
    .replace(/^\/+|\/+$/g, "")
    .split("/");
  if (container === "") throw invalid("it names a container");
  const endpoint = endpointIn(url);
  return { account: url.hostname, container, root: root.join("/") || undefined, endpoint };
}

function endpointIn(url: URL): string | undefined {
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw invalid(`there is no "${unknown}"; there are: ${PARAMETERS.join(", ")}`);
  }
  const endpoint = url.searchParams.get("endpoint");
  if (endpoint === null) return undefined;
  const address = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (address?.protocol !== "http:" && address?.protocol !== "https:") {
    throw invalid("its endpoint begins with https:// or http://");
  }
  if (address.username || address.password || address.search) {
    throw invalid("its endpoint holds no credentials");
  }
  return endpoint.replace(/\/+$/, "");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid("a % in its root is written %25");
  }
}

/** The URL itself is not repeated: it may hold a secret by mistake. */
function invalid(rule: string): KeywhenError {
  return new KeywhenError("invalid-option", `store URL: ${rule}. Write ${FORM}`);
}
