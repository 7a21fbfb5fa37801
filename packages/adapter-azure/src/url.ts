import type { OpenedSchedule } from "@keywhen/core/store";
import { azureStore } from "./azure-store.js";
import { clientFor } from "./client-for.js";
import { partsOf } from "./url-parts.js";

/**
 * Opens `azure://account/container/root?endpoint=https://…`. The credential comes from the environment, the
 * first of: `AZURE_STORAGE_CONNECTION_STRING` (of this account), `AZURE_STORAGE_KEY`,
 * `AZURE_STORAGE_SAS_TOKEN`, else what `DefaultAzureCredential` of `@azure/identity` finds.
 *
 * With an endpoint of one's own (Azurite) the account is the first part of the path.
 */
export async function open(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenedSchedule> {
  const parts = partsOf(url);
  const client = await clientFor(parts, env);
  return {
    store: azureStore({ client }),
    bucket: parts.container,
    root: parts.root,
    // The SDK's connections are shared by all its clients and close when idle.
    [Symbol.asyncDispose]: async () => undefined,
  };
}
