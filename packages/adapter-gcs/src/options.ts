import type { Agent } from "node:http";
import type { Storage } from "@google-cloud/storage";
import { storeOptionChecks } from "@keywhen/adapter-kit";

export interface GcsStoreOptions {
  /** A ready client: its credentials, endpoint and user agent are used; it is not changed. */
  readonly client: Storage;
  /**
   * The agent of all connections, for a proxy or a separate pool: of node:https, or of node:http if the endpoint is http.
   * @default Node's global agent
   */
  readonly agent?: Agent | undefined;
}

const NAMES: readonly (keyof GcsStoreOptions)[] = ["client", "agent"];

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(options: GcsStoreOptions): GcsStoreOptions {
  const checks = storeOptionChecks("gcsStore");
  checks.names(options, NAMES);
  const { client, agent } = options;
  const canSign = typeof client?.authClient?.getRequestHeaders === "function";
  if (!canSign || typeof client.apiEndpoint !== "string") {
    throw checks.wrong("client", "a Storage of @google-cloud/storage", client);
  }
  if (agent !== undefined && typeof agent?.destroy !== "function") {
    throw checks.wrong("agent", "an Agent of node:https (or node:http)", agent);
  }
  return { client, agent };
}
