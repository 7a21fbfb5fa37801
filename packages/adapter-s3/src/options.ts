import type { S3Client } from "@aws-sdk/client-s3";
import { KeywhenError } from "@keywhen/core";
import { checkSettings, type S3Service, type S3StoreSettings } from "@keywhen/s3-protocol";

export interface S3StoreOptions extends S3StoreSettings {
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
}

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(
  options: S3StoreOptions,
): S3StoreOptions & { readonly service: S3Service } {
  checkSettings("s3Store", options);
  const { client } = options;
  if (typeof client?.send !== "function" || typeof client.middlewareStack?.clone !== "function") {
    const message = "s3Store: client must be an S3Client of @aws-sdk/client-s3";
    throw new KeywhenError("invalid-option", message);
  }
  return { ...options, service: options.service ?? serviceOf(client) };
}

/** An endpoint of one's own may be anybody's. */
function serviceOf(client: S3Client): S3Service {
  const { endpoint, isCustomEndpoint } = client.config;
  return endpoint === undefined && isCustomEndpoint !== true ? "aws" : "generic";
}
