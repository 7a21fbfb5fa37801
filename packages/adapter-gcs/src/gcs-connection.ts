import type { Agent } from "node:http";
import type { Storage } from "@google-cloud/storage";
import { type ObjectRef, ObjectStoreError, type RequestKind } from "@keywhen/core/store";
import type { GcsStoreOptions } from "./options.js";

/** Where requests go and which headers they have. */
export interface GcsConnection {
  /** Comes before `/b/…`. */
  readonly baseUrl: string;
  /** Comes before `/b/…` of an upload. */
  readonly uploadUrl: string;
  readonly userAgent: string;
  readonly agent: Agent | undefined;
  /** The client's authorization. A custom endpoint gets none unless the client says so. */
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

/** Only STORAGE_EMULATOR_HOST makes a base without `/storage/v1`. It replaces the client's own endpoint. */
function baseUrlOf({ baseUrl, apiEndpoint }: Storage): string {
  const isItsOwn = baseUrl.startsWith(apiEndpoint);
  return isItsOwn ? baseUrl.replace(/\/+$/, "") : `${apiEndpoint}/storage/v1`;
}

/** Parameters of a request; undefined ones are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

export function bucketPath(bucket: string): string {
  return `/b/${encodeURIComponent(bucket)}/o`;
}

/** Escapes `/` too: for the JSON API a name is one part of the path. */
export function objectPath({ bucket, key }: ObjectRef): string {
  return `${bucketPath(bucket)}/${encodeURIComponent(key)}`;
}

export function apiUrl({ baseUrl }: GcsConnection, path: string, query: Query = {}): string {
  return `${baseUrl}${path}${queryOf(query)}`;
}

export function uploadUrl({ uploadUrl: base }: GcsConnection, bucket: string, query: Query) {
  return `${base}${bucketPath(bucket)}${queryOf(query)}`;
}

/** Throws `invalid-key` for half a character, which a URL can't have. */
export function checkText(operation: RequestKind, bucket: string, text: string): void {
  if (text.isWellFormed()) return;
  const message = "the key contains a lone surrogate (half of a character)";
  throw new ObjectStoreError({ code: "invalid-key", operation, bucket, message });
}

function queryOf(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
