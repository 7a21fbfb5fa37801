import { S3Client } from "@aws-sdk/client-s3";

/** A client to compare with, as it comes. It holds no connections. */
export function plainClient(): S3Client {
  return new S3Client({ region: "us-east-1" });
}

/**
 * Whether a client does to a request nothing but what the SDK itself does: no middleware of the user's, which
 * may trace, sign or change requests, and no logger that would be told of them.
 */
export function isPlainClient(client: S3Client, plain: S3Client): boolean {
  const { logger, followRegionRedirects, bucketEndpoint } = client.config;
  if (followRegionRedirects || bucketEndpoint) return false;
  if (logger?.constructor !== plain.config.logger?.constructor) return false;
  const steps = plain.middlewareStack.identify();
  return client.middlewareStack.identify().join() === steps.join();
}
