import type { SpokenAnswer } from "./answering-server.js";

/** An S3 error as it goes over the wire; `status` 200 is the one that looks like a success. */
export function s3Error(status: number, code: string, message = code): SpokenAnswer {
  return {
    status,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R1</RequestId></Error>`,
  };
}
