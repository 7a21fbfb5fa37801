import type { OpenedSchedule, OpenSchedule } from "@keywhen/core/store";
import { installHint } from "./install-hint.js";
import { checkStoreUrl, noAdapter, schemeOf } from "./store-url.js";
import { UsageError } from "./usage-error.js";

type Env = Readonly<Record<string, string | undefined>>;

/** Loaded when a store URL names them: the AWS SDK takes longer to load than everything else together. */
const ADAPTERS: Readonly<Record<string, () => Promise<{ readonly open: OpenSchedule }>>> = {
  file: () => import("@keywhen/adapter-fs/url"),
  s3: () => {
    // The SDK announces the end of Node 20 on stderr, which a user of a command can't change.
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    return import("@keywhen/adapter-s3/url");
  },
};

/** Installed by their users: the adapter and its client. */
const OPTIONAL_ADAPTERS: Readonly<Record<string, { adapter: string; client: string }>> = {
  minio: { adapter: "@keywhen/adapter-minio", client: "minio" },
  gs: { adapter: "@keywhen/adapter-gcs", client: "@google-cloud/storage" },
  azure: { adapter: "@keywhen/adapter-azure", client: "@azure/storage-blob" },
};

/**
 * Opens the store of a URL with `adapter`, a module that exports `open(url, env)`, or with the adapter for its scheme. Throws a `UsageError` with the supported schemes. Sends nothing.
 */
export async function openSchedule(
  url: string | undefined,
  env: Env,
  adapter?: string | undefined,
): Promise<OpenedSchedule> {
  const checked = checkStoreUrl(url);
  if (adapter !== undefined) {
    const { openByModule } = await import("./own-adapter.js"); // rarely needed
    return openByModule(adapter, checked, env);
  }
  const { open } = await adapterOf(schemeOf(checked));
  return open(checked, env);
}

async function adapterOf(scheme: string): Promise<{ readonly open: OpenSchedule }> {
  const load = Object.hasOwn(ADAPTERS, scheme) ? ADAPTERS[scheme] : undefined;
  if (load !== undefined) return load();
  const optional = Object.hasOwn(OPTIONAL_ADAPTERS, scheme) ? OPTIONAL_ADAPTERS[scheme] : undefined;
  if (optional === undefined) throw noAdapter(scheme);
  return loadOptional(scheme, optional);
}

async function loadOptional(
  scheme: string,
  { adapter, client }: { adapter: string; client: string },
): Promise<{ readonly open: OpenSchedule }> {
  const { importPackage } = await import("./import-package.js"); // rarely needed
  const { isAdapter } = await import("./own-adapter.js");
  const loaded = await importPackage(`${adapter}/url`);
  if (isAdapter(loaded)) return loaded;
  if (loaded !== undefined)
    throw new TypeError(`${adapter}/url exports no function open(url, env)`);
  throw new UsageError(`No adapter for "${scheme}:" is installed.`, installHint(adapter, client));
}
