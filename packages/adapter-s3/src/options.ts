import type { S3Client } from "@aws-sdk/client-s3";
import { KeywhenError } from "@keywhen/core";
import {
  isS3Service,
  S3_PART_MIN_BYTES,
  S3_SERVICES,
  S3_SINGLE_MAX_BYTES,
  type S3Service,
} from "@keywhen/s3-protocol";

export interface S3StoreOptions {
  /**
   * A ready client: its credentials, endpoint, region, request handler and middleware are used, its
   * retries are not, and it is neither changed nor destroyed. Middleware added to it later is not seen.
   */
  readonly client: S3Client;
  /**
   * The store that it talks to: `aws`, `r2`, `ceph`, `minio`, or `generic`, of which no condition of a put
   * is believed.
   * @default "aws" for a client without an endpoint of its own, else "generic"
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
  readonly client: S3Client;
  readonly service: S3Service;
  readonly conditionalPut: boolean | undefined;
  readonly singleCopyMaxBytes: number;
}

const NAMES: ReadonlySet<string> = new Set<keyof S3StoreOptions>([
  "client",
  "service",
  "conditionalPut",
  "singleCopyMaxBytes",
]);

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(options: S3StoreOptions): CheckedOptions {
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw invalid(`there is no option "${unknown}"; there are: ${[...NAMES].join(", ")}`);
  }
  const { client, conditionalPut, singleCopyMaxBytes = S3_SINGLE_MAX_BYTES } = options;
  if (typeof client?.send !== "function" || typeof client.middlewareStack?.clone !== "function") {
    throw invalid("client must be an S3Client of @aws-sdk/client-s3");
  }
  const { service = serviceOf(client) } = options;
  if (!isS3Service(service)) {
    throw invalid(`service is "${service}"; there are: ${Object.keys(S3_SERVICES).join(", ")}`);
  }
  if (conditionalPut !== undefined && typeof conditionalPut !== "boolean") {
    throw invalid("conditionalPut is true or false");
  }
  const isSize = Number.isSafeInteger(singleCopyMaxBytes);
  if (!isSize || singleCopyMaxBytes < S3_PART_MIN_BYTES) {
    throw invalid(
      `singleCopyMaxBytes is ${singleCopyMaxBytes}; it must be a whole number from ${S3_PART_MIN_BYTES} (S3's smallest part)`,
    );
  }
  return { client, service, conditionalPut, singleCopyMaxBytes };
}

/** An endpoint may be anybody's. The SDK marks one of the user's, of the environment or of its files. */
function serviceOf(client: S3Client): S3Service {
  const { endpoint, isCustomEndpoint } = client.config;
  return endpoint === undefined && isCustomEndpoint !== true ? "aws" : "generic";
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", `s3Store: ${message}`);
}
