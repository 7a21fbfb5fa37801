import { fromEnv } from "@aws-sdk/credential-provider-env";
import { fromHttp } from "@aws-sdk/credential-provider-http";
import { CredentialsProviderError, memoize } from "@smithy/core/config";

type Init = Parameters<typeof fromEnv>[0];

/** How long before they expire the credentials are renewed, as in the SDK's chain. */
const RENEWED_MS = 300_000;

/**
 * Returns the credentials of the function's role from Lambda's environment. In the bundle this replaces the SDK's chain,
 * whose profiles, single sign-on, processes and EC2 metadata are a quarter of the whole bundle.
 */
export function defaultProvider(init?: Init): ReturnType<typeof fromEnv> {
  return memoize(
    () => findCredentials(init),
    ({ expiration }) => (expiration?.getTime() ?? Infinity) - Date.now() < RENEWED_MS,
    ({ expiration }) => expiration !== undefined,
  );
}

async function findCredentials(init: Init): ReturnType<ReturnType<typeof fromEnv>> {
  const { AWS_ACCESS_KEY_ID, AWS_CONTAINER_CREDENTIALS_FULL_URI } = process.env;
  if (AWS_ACCESS_KEY_ID) return fromEnv(init)();
  if (AWS_CONTAINER_CREDENTIALS_FULL_URI) return fromHttp(init)();
  throw new CredentialsProviderError(
    "neither AWS_ACCESS_KEY_ID nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
  );
}
