import type { Agent } from "node:http";
import type { Storage } from "@google-cloud/storage";
import type { GcsStoreOptions } from "./options.js";

/** Where requests go and what they carry. */
export interface GcsConnection {
  /** Before `/b/…`. */
  readonly baseUrl: string;
  /** Before `/b/…` of an upload. */
  readonly uploadUrl: string;
  readonly userAgent: string;
  readonly agent: Agent | undefined;
  /** The client's own authorization, none at an endpoint of one's own unless the client says so. */
  readonly authorization: (url: string) => Promise<Readonly<Record<string, string>>>;
}

export function connectionOf({ client, agent }: GcsStoreOptions): GcsConnection {
  const isBare = client.customEndpoint && !client.useAuthWithCustomEndpoint;
  const { providedUserAgent = "" } = client;
  return {
    baseUrl: baseUrlOf(client),
    uploadUrl: `${client.apiEndpoint}/upload/storage/v1`,
    userAgent: `${providedUserAgent} keywhen`.trim(),
    agent,
    authorization: async (url) => (isBare ? {} : client.authClient.getRequestHeaders(url)),
  };
}

/** STORAGE_EMULATOR_HOST alone makes a base without `/storage/v1`, and goes before the client's own endpoint. */
function baseUrlOf({ baseUrl, apiEndpoint }: Storage): string {
  const isItsOwn = baseUrl.startsWith(apiEndpoint);
  return isItsOwn ? baseUrl.replace(/\/+$/, "") : `${apiEndpoint}/storage/v1`;
}
