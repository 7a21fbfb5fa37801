import type { S3Client } from "@aws-sdk/client-s3";
import { storeOptionChecks } from "@keywhen/adapter-kit";
import { checkSettings, type S3Service, type S3StoreSettings } from "@keywhen/s3-protocol";

export interface S3StoreOptions extends S3StoreSettings {
  /**
   * A ready client: its credentials, endpoint, region, request handler and middleware are used, its
   * retries are not, and it is neither changed nor destroyed. Middleware that you add to it later is not used.
   */
  readonly client: S3Client;
  /**
   * The store that it talks to: `aws`, `r2`, `ceph`, `minio`, or `generic`, where keywhen uses no condition of a put.
   * @default "generic" for a client with a custom endpoint, "aws" for any other
   */
  readonly service?: S3Service | undefined;
  /**
   * Whether copies, lists and deletes go past the SDK's middleware, at a tenth of its CPU. They are signed here and sent by
   * the client's request handler. A client to which you add middleware or a logger never uses it.
   * @default true
   */
  readonly fastLane?: boolean | undefined;
}

export interface CheckedOptions extends S3StoreOptions {
  readonly service: S3Service;
  /** The options don't set it, so an endpoint from the SDK's files, which are read at the first request, may differ. */
  readonly isServiceAssumed: boolean;
}

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(options: S3StoreOptions): CheckedOptions {
  checkSettings("s3Store", options, ["fastLane"]);
  const { client, fastLane } = options;
  const checks = storeOptionChecks("s3Store");
  checks.boolean("fastLane", fastLane);
  if (typeof client?.send !== "function" || typeof client.middlewareStack?.clone !== "function") {
    throw checks.wrong("client", "an S3Client of @aws-sdk/client-s3", client);
  }
  const { service = serviceOf(client), conditionalPut } = options;
  const isServiceAssumed = options.service === undefined && conditionalPut === undefined;
  return { ...options, service, isServiceAssumed };
}

/** A custom endpoint may be any store's. */
function serviceOf(client: S3Client): S3Service {
  const { endpoint, isCustomEndpoint, ignoreConfiguredEndpointUrls } = client.config;
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const isConfigured = Boolean(AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL);
  const isOwn = endpoint !== undefined || isCustomEndpoint === true;
  return isOwn || (isConfigured && !ignoreConfiguredEndpointUrls) ? "generic" : "aws";
}
