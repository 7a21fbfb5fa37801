import type { SpokenAnswer } from "./answering-server.js";

/** What the answer to each HEAD and GET of an object says of it. */
export const DESCRIBED = {
  etag: '"s"',
  "last-modified": "Wed, 25 Nov 2026 08:00:00 GMT",
} as const;

/** An S3 error as it goes over the wire; `status` 200 is the one that looks like a success. */
export function s3Error(status: number, code: string, message = code): SpokenAnswer {
  return {
    status,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R1</RequestId></Error>`,
  };
}
