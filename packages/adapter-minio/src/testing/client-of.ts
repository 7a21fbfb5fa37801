import { Client, type ClientOptions } from "minio";

interface S3Server {
  readonly endpoint: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

/** A client as a user would make it, with all its defaults but the address. */
export function clientOf(server: S3Server, options: Partial<ClientOptions> = {}): Client {
  const { hostname, port, protocol } = new URL(server.endpoint);
  const { accessKeyId = "key", secretAccessKey = "secret" } = server;
  return new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: protocol === "https:",
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
    ...options,
  });
}

export async function makeBuckets<const Names extends readonly string[]>(
  client: Client,
  ...names: Names
): Promise<Names> {
  for (const name of names) {
    if (!(await client.bucketExists(name))) await client.makeBucket(name);
  }
  return names;
}
