import { CreateBucketCommand, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

interface S3Server {
  readonly endpoint: string;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

/** A client as a user would make it, with all its defaults but the address. */
export function clientOf(server: S3Server, config: S3ClientConfig = {}): S3Client {
  const { endpoint, region = "us-east-1" } = server;
  const { accessKeyId = "key", secretAccessKey = "secret" } = server;
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    ...config,
  });
}

export async function makeBuckets<const Names extends readonly string[]>(
  client: S3Client,
  ...names: Names
): Promise<Names> {
  for (const Bucket of names) await client.send(new CreateBucketCommand({ Bucket }));
  return names;
}
