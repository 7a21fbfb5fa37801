import type { Agent } from "node:http";
import type { Storage } from "@google-cloud/storage";
import { KeywhenError } from "@keywhen/core";

export interface GcsStoreOptions {
  /** A ready client: its credentials, endpoint and user agent are used; it is not changed. */
  readonly client: Storage;
  /**
   * The agent of all connections, for a proxy or a pool of one's own: of node:https, or of node:http where
   * the endpoint is http.
   * @default Node's global agent
   */
  readonly agent?: Agent | undefined;
}

const NAMES: ReadonlySet<string> = new Set<keyof GcsStoreOptions>(["client", "agent"]);

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(options: GcsStoreOptions): GcsStoreOptions {
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw invalid(`there is no option "${unknown}"; there are: ${[...NAMES].join(", ")}`);
  }
  const { client, agent } = options;
  const canSign = typeof client?.authClient?.getRequestHeaders === "function";
  if (!canSign || typeof client.apiEndpoint !== "string") {
    throw invalid("client must be a Storage of @google-cloud/storage");
  }
  if (agent !== undefined && typeof agent.destroy !== "function") {
    throw invalid("agent must be an Agent of node:https (or node:http)");
  }
  return { client, agent };
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", `gcsStore: ${message}`);
}
