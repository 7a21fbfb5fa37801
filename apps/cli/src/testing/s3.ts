import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { type Answer, openCephAccount, type RecordedRequest } from "@keywhen/test-servers";

/** The store URL and the credentials of a test server. */
export function s3Access(
  endpoint: string,
  { accessKeyId = "test", secretAccessKey = "top-secret" } = {},
) {
  return {
    KEYWHEN_STORE: `s3://schedule?endpoint=${endpoint}&region=us-east-1`,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

/** Opens an account on a Ceph gateway and creates buckets. */
export async function openCephBuckets(...buckets: readonly string[]) {
  const account = await openCephAccount();
  const { endpoint, region, accessKeyId, secretAccessKey } = account;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  for (const Bucket of buckets) await client.send(new CreateBucketCommand({ Bucket }));
  return {
    account,
    client,
    env: s3Access(endpoint, credentials),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await account.stop();
    },
  };
}

export const DUE = "2026-01-01T00:00:00.000Z|out|late.json|k3v9q2m8x1ap";

/** A listing with one due event. */
export function listingOfOneDue(headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    headers: { "content-type": "application/xml", ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult><Name>schedule</Name><IsTruncated>false</IsTruncated><KeyCount>1</KeyCount>
<Contents><Key>keywhen/pending/${DUE}</Key><Size>2</Size><ETag>&quot;e&quot;</ETag>
<LastModified>2025-12-31T00:00:00.000Z</LastModified></Contents></ListBucketResult>`,
  };
}

export function isCopy({ headers }: RecordedRequest): boolean {
  return headers["x-amz-copy-source"] !== undefined;
}
