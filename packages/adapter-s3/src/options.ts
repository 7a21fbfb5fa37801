import type { S3Client } from "@aws-sdk/client-s3";
import { KeywhenError } from "@keywhen/core";

export interface S3StoreOptions {
  /**
   * A ready client: its credentials, endpoint, region, request handler and middleware are used, its
   * retries are not, and it is neither changed nor destroyed. Middleware added to it later is not seen.
   */
  readonly client: S3Client;
  /**
   * Objects above this size are copied in parts. Lower it for a store whose limit is lower.
   * @default 5_368_709_120 (5 GiB, S3's limit)
   */
  readonly singleCopyMaxBytes?: number | undefined;
}

const GIBIBYTE = 1_073_741_824;
const MEBIBYTE = 1_048_576;

/** S3's limit of one copy, and of one put. */
export const S3_SINGLE_MAX_BYTES = 5 * GIBIBYTE;
/** S3 takes no smaller part, but for the last one. */
const S3_PART_MIN_BYTES = 5 * MEBIBYTE;
/** S3 takes no more parts. */
export const S3_PARTS_MAX = 10_000;

const NAMES: ReadonlySet<string> = new Set<keyof S3StoreOptions>(["client", "singleCopyMaxBytes"]);

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(options: S3StoreOptions): Required<{
  client: S3Client;
  singleCopyMaxBytes: number;
}> {
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw invalid(`there is no option "${unknown}"; there are: ${[...NAMES].join(", ")}`);
  }
  const { client, singleCopyMaxBytes = S3_SINGLE_MAX_BYTES } = options;
  if (typeof client?.send !== "function" || typeof client.middlewareStack?.clone !== "function") {
    throw invalid("client must be an S3Client of @aws-sdk/client-s3");
  }
  const isSize = Number.isSafeInteger(singleCopyMaxBytes);
  if (!isSize || singleCopyMaxBytes < S3_PART_MIN_BYTES) {
    throw invalid(
      `singleCopyMaxBytes is ${singleCopyMaxBytes}; it must be a whole number from ${S3_PART_MIN_BYTES} (S3's smallest part)`,
    );
  }
  return { client, singleCopyMaxBytes };
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", `s3Store: ${message}`);
}
