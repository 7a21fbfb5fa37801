import type { ObjectRef } from "@keywhen/core/store";

export interface CopiedObject extends ObjectRef {
  /** Bytes of the body. */
  readonly size: number;
  readonly copiedAt: Date;
}

/**
 * Returns the notification that S3 would have sent of a copy, without what only S3 knows: ETag, request ids, owner. Source:
 * "Event message structure" of the S3 user guide.
 */
export function s3CopyEvent({ bucket, key, size, copiedAt }: CopiedObject) {
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: "us-east-1",
        eventTime: copiedAt.toISOString(),
        eventName: "ObjectCreated:Copy",
        userIdentity: { principalId: "keywhen" },
        requestParameters: { sourceIPAddress: "127.0.0.1" },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: "keywhen run --forward-to",
          bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
          object: { key: formEncoded(key), size, sequencer: sequencerOf(copiedAt) },
        },
      },
    ],
  };
}

/** Encodes a key as S3 does: like a form value, with plain slashes. */
function formEncoded(key: string): string {
  return new URLSearchParams([["", key]]).toString().slice(1).replaceAll("%2F", "/");
}

/** Grows with time, as the sequencer of S3 does for one key. */
function sequencerOf(copiedAt: Date): string {
  return copiedAt.getTime().toString(16).toUpperCase().padStart(16, "0");
}
