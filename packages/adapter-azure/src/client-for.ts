import {
  AnonymousCredential,
  BlobServiceClient,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { KeywhenError } from "@keywhen/core";
import type { UrlParts } from "./url-parts.js";

type Env = Readonly<Record<string, string | undefined>>;

/** A client of the account that the URL names, with the first credential that the environment has. */
export async function clientFor(parts: UrlParts, env: Env): Promise<BlobServiceClient> {
  const { AZURE_STORAGE_CONNECTION_STRING: connectionString } = env;
  if (connectionString) return fromConnectionString(parts, connectionString);
  const { AZURE_STORAGE_KEY: key, AZURE_STORAGE_SAS_TOKEN: sas } = env;
  const address = addressOf(parts);
  if (key) return new BlobServiceClient(address, sharedKey(parts.account, key));
  if (sas) {
    return new BlobServiceClient(`${address}?${sas.replace(/^\?/, "")}`, new AnonymousCredential());
  }
  const { DefaultAzureCredential } = await identity();
  return new BlobServiceClient(address, new DefaultAzureCredential());
}

function addressOf({ account, endpoint }: UrlParts): string {
  return endpoint === undefined
    ? `https://${account}.blob.core.windows.net`
    : `${endpoint}/${account}`;
}

function fromConnectionString(parts: UrlParts, text: string): BlobServiceClient {
  const client = parsed(text);
  if (client.accountName.toLowerCase() !== parts.account) {
    throw new KeywhenError(
      "invalid-option",
      `AZURE_STORAGE_CONNECTION_STRING is of the account "${client.accountName}", the store URL names "${parts.account}"`,
    );
  }
  if (parts.endpoint === undefined) return client;
  const { search } = new URL(client.url);
  return new BlobServiceClient(`${addressOf(parts)}${search}`, client.credential);
}

/** The text is not repeated: it is a secret. */
function parsed(text: string): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(text);
  } catch {
    const message = "AZURE_STORAGE_CONNECTION_STRING is no connection string of Azure Storage";
    throw new KeywhenError("invalid-option", message);
  }
}

/** Node reads anything as base64; Azure would answer that the signature is wrong. */
function sharedKey(account: string, key: string): StorageSharedKeyCredential {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key)) {
    throw new KeywhenError("invalid-option", "AZURE_STORAGE_KEY is not base64");
  }
  return new StorageSharedKeyCredential(account, key);
}

/** Loaded only where it is needed: it weighs more than all else together. */
async function identity() {
  try {
    return await import("@azure/identity");
  } catch (cause) {
    throw new KeywhenError(
      "invalid-option",
      "no AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN is set; for signing in with Microsoft Entra install @azure/identity",
      { cause },
    );
  }
}
