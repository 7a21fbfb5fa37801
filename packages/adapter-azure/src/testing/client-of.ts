import {
  BlobServiceClient,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";

interface AzureServer {
  readonly endpoint: string;
  readonly account?: string;
  readonly accountKey?: string;
}

const KEY = Buffer.from("key").toString("base64");

/** A client as a user would make it, with all its defaults but the address. */
export function clientOf(
  server: AzureServer,
  options: StoragePipelineOptions = {},
): BlobServiceClient {
  const { endpoint, account = "account", accountKey = KEY } = server;
  const credential = new StorageSharedKeyCredential(account, accountKey);
  return new BlobServiceClient(`${endpoint}/${account}`, credential, options);
}

export async function makeContainers<const Names extends readonly string[]>(
  client: BlobServiceClient,
  ...names: Names
): Promise<Names> {
  for (const name of names) await client.getContainerClient(name).create();
  return names;
}
