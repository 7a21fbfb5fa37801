import { KeywhenError } from "@keywhen/core";
import {
  isS3Service,
  S3_PART_MIN_BYTES,
  S3_SERVICES,
  S3_SINGLE_MAX_BYTES,
  type S3Service,
} from "@keywhen/s3-protocol";
import type { Client } from "minio";

export interface MinioStoreOptions {
  /**
   * A ready client: its endpoint, credentials, region, path style, transport and agent are used, its
   * retries are not, and it is not changed. Its region should be the server's, if that isn't `us-east-1`.
   */
  readonly client: Client;
  /**
   * The store that it talks to: `minio`, `ceph`, `aws`, `r2`, or `generic`, of which no condition of a put
   * is believed.
   * @default "minio"
   */
  readonly service?: S3Service | undefined;
  /**
   * Whether puts with a condition are honoured, where the service's profile doesn't know it or is wrong.
   * Set it to true only after `keywhen doctor --probe` or the conformance kit has proved it: a store that
   * ignores a condition overwrites and says that it went well.
   * @default what is known of the service; false for "generic"
   */
  readonly conditionalPut?: boolean | undefined;
  /**
   * Objects above this size are copied in parts. Lower it for a store whose limit is lower.
   * @default 5_368_709_120 (5 GiB, S3's limit)
   */
  readonly singleCopyMaxBytes?: number | undefined;
}

export interface CheckedOptions {
  readonly client: Client;
  readonly service: S3Service;
  readonly conditionalPut: boolean | undefined;
  readonly singleCopyMaxBytes: number;
}

const NAMES: ReadonlySet<string> = new Set<keyof MinioStoreOptions>([
  "client",
  "service",
  "conditionalPut",
  "singleCopyMaxBytes",
]);

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(options: MinioStoreOptions): CheckedOptions {
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw invalid(`there is no option "${unknown}"; there are: ${[...NAMES].join(", ")}`);
  }
  const { client, conditionalPut } = options;
  const { service = "minio", singleCopyMaxBytes = S3_SINGLE_MAX_BYTES } = options;
  if (typeof client?.makeRequestStreamAsync !== "function") {
    throw invalid("client must be a Client of minio 8");
  }
  if (!isS3Service(service)) {
    throw invalid(`service is "${service}"; there are: ${Object.keys(S3_SERVICES).join(", ")}`);
  }
  if (conditionalPut !== undefined && typeof conditionalPut !== "boolean") {
    throw invalid("conditionalPut is true or false");
  }
  if (!Number.isSafeInteger(singleCopyMaxBytes) || singleCopyMaxBytes < S3_PART_MIN_BYTES) {
    throw invalid(
      `singleCopyMaxBytes is ${singleCopyMaxBytes}; it must be a whole number from ${S3_PART_MIN_BYTES} (S3's smallest part)`,
    );
  }
  return { client, service, conditionalPut, singleCopyMaxBytes };
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", `minioStore: ${message}`);
}
