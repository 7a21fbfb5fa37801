import type { Answer, RecordedRequest } from "@keywhen/test-servers";

/** The environment and store URL under which `keywhen` talks to a test server. */
export function s3Access(endpoint: string, bucket = "schedule") {
  return {
    KEYWHEN_STORE: `s3://${bucket}?endpoint=${endpoint}&region=us-east-1`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "top-secret",
  };
}

export const DUE = "2026-01-01T00:00:00.000Z|out|late.json|k3v9q2m8x1ap";

/** A listing of one event that is due. */
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
