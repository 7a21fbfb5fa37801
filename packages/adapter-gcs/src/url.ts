import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Storage } from "@google-cloud/storage";
import { KeywhenError } from "@keywhen/core";
import type { OpenedHome } from "@keywhen/core/store";
import { gcsStore } from "./gcs-store.js";

const PARAMETERS = ["endpoint"];
const FORM = "gs://bucket/root?endpoint=…";

/**
 * Opens `gs://bucket/root?endpoint=https://…`. Everything but the bucket may be left out. Credentials are
 * the application default ones, as Google's client finds them (`GOOGLE_APPLICATION_CREDENTIALS`, gcloud's,
 * the machine's own); with an endpoint of one's own, or `STORAGE_EMULATOR_HOST`, none are sent.
 */
export async function open(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenedHome> {
  const { bucket, root, endpoint } = partsOf(url);
  const apiEndpoint = endpoint ?? emulatorIn(env);
  const client = new Storage(apiEndpoint === undefined ? {} : { apiEndpoint });
  const isPlain = client.apiEndpoint.startsWith("http:");
  const agent = new (isPlain ? HttpAgent : HttpsAgent)({ keepAlive: true });
  return {
    store: gcsStore({ client, agent }),
    bucket,
    root,
    [Symbol.asyncDispose]: async () => agent.destroy(),
  };
}

interface UrlParts {
  readonly bucket: string;
  readonly root: string | undefined;
  readonly endpoint: string | undefined;
}

function partsOf(text: string): UrlParts {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "gs:") throw invalid("it begins with gs://");
  if (url.username || url.password) {
    throw invalid("it holds no credentials; they come from where Google's client finds them");
  }
  if (!url.hostname) throw invalid("it names a bucket");
  if (url.port || url.hash) throw invalid("it has neither a port nor a #");
  const root = decoded(url.pathname).replace(/^\/+|\/+$/g, "");
  return { bucket: url.hostname, root: root || undefined, endpoint: endpointIn(url) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid("a % in its root is written %25");
  }
}

function endpointIn({ searchParams }: URL): string | undefined {
  const unknown = [...searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw invalid(`there is no "${unknown}"; there are: ${PARAMETERS.join(", ")}`);
  }
  const endpoint = searchParams.get("endpoint") ?? undefined;
  if (endpoint === undefined) return undefined;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw invalid("its endpoint begins with https:// or http://");
  }
  if (url.username || url.password) throw invalid("its endpoint holds no credentials");
  return endpoint;
}

/** Emulators are mostly written without `http://`. */
function emulatorIn(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const host = env["STORAGE_EMULATOR_HOST"];
  if (!host) return undefined;
  return /^https?:\/\//.test(host) ? host : `http://${host}`;
}

/** The URL itself is not repeated: it may hold a secret by mistake. */
function invalid(rule: string): KeywhenError {
  return new KeywhenError("invalid-option", `store URL: ${rule}. Write ${FORM}`);
}
