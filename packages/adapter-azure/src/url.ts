import {
  AnonymousCredential,
  BlobServiceClient,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { bucketAndRoot, parseStoreUrl, type StoreUrlForm } from "@keywhen/adapter-kit";
import { KeywhenError } from "@keywhen/core";
import type { OpenedSchedule } from "@keywhen/core/store";
import { azureStore } from "./azure-store.js";
import { containerProblem } from "./name-problem.js";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Opens `azure://account/container/root?endpoint=https://…`. The credential comes from the first of these
 * variables that is set: `AZURE_STORAGE_CONNECTION_STRING` (of this account), `AZURE_STORAGE_KEY`,
 * `AZURE_STORAGE_SAS_TOKEN`. Otherwise `DefaultAzureCredential` of `@azure/identity` finds one.
 *
 * With a custom endpoint (Azurite) the account is the first part of the path.
 */
export async function open(url: string, env: Env): Promise<OpenedSchedule> {
  const parts = partsOf(url);
  const client = await clientFor(parts, env);
  return {
    store: azureStore({ client }),
    bucket: parts.container,
    root: parts.root,
    // All clients of the SDK share their connections, which close when they are idle.
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const FORM: StoreUrlForm = {
  scheme: "azure",
  example: "azure://account/container/root?endpoint=…",
  parameters: ["endpoint"],
};
const CONTAINER = {
  word: "container",
  missing: "it has no container",
  problemOf: containerProblem,
};

interface UrlParts {
  readonly account: string;
  readonly container: string;
  readonly root: string | undefined;
  /** Without the account, and without a trailing `/`. */
  readonly endpoint: string | undefined;
}

/** Throws `invalid-option` for a text that is not `azure://account/container/root?endpoint=…`. */
function partsOf(text: string): UrlParts {
  const url = parseStoreUrl(text, FORM);
  const { host: account, path, invalid } = url;
  if (account === "") throw invalid("it has no account");
  if (!/^[a-z0-9]+$/.test(account)) {
    throw invalid(`the account "${account}" is not allowed: use only lowercase letters and digits`);
  }
  const { bucket: container, root } = bucketAndRoot(path, CONTAINER, invalid);
  return { account, container, root, endpoint: url.endpoint("endpoint") };
}

/** A client of the account in the URL, with the first credential that the environment has. */
async function clientFor(parts: UrlParts, env: Env): Promise<BlobServiceClient> {
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
      `AZURE_STORAGE_CONNECTION_STRING is for the account "${client.accountName}", but the store URL names "${parts.account}": use the same account in both`,
    );
  }
  if (parts.endpoint === undefined) return client;
  const { search } = new URL(client.url);
  return new BlobServiceClient(`${addressOf(parts)}${search}`, client.credential);
}

/** Does not repeat the text, which is a secret. */
function parsed(text: string): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(text);
  } catch {
    const message =
      "AZURE_STORAGE_CONNECTION_STRING is not a connection string of Azure Storage: copy it again from the access keys of the account";
    throw new KeywhenError("invalid-option", message);
  }
}

/** Node decodes any text as base64. With a wrong key, Azure would answer that the signature is wrong. */
function sharedKey(account: string, key: string): StorageSharedKeyCredential {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key)) {
    throw new KeywhenError(
      "invalid-option",
      "AZURE_STORAGE_KEY is not base64: copy the key again, without quotes or spaces",
    );
  }
  return new StorageSharedKeyCredential(account, key);
}

/** Loaded only if it is needed: it is larger than everything else together. */
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
