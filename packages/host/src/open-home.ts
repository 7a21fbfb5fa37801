import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { OpenedHome, OpenHome } from "@keywhen/core/store";
import { UsageError } from "./usage-error.js";

type Env = Readonly<Record<string, string | undefined>>;

/** Loaded when a store URL names them: the AWS SDK alone takes longer than everything else together. */
const ADAPTERS: Readonly<Record<string, () => Promise<{ readonly open: OpenHome }>>> = {
  file: () => import("@keywhen/adapter-fs/url"),
  s3: () => {
    // The SDK announces the end of Node 20 on stderr, which nobody who runs a command can act on.
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    return import("@keywhen/adapter-s3/url");
  },
};

/** Brought by whoever uses them: the adapter, and the client that it takes. */
const OPTIONAL_ADAPTERS: Readonly<Record<string, { adapter: string; client: string }>> = {
  minio: { adapter: "@keywhen/adapter-minio", client: "minio" },
  gs: { adapter: "@keywhen/adapter-gcs", client: "@google-cloud/storage" },
  azure: { adapter: "@keywhen/adapter-azure", client: "@azure/storage-blob" },
};

const KNOWN =
  "file:./data (a folder), s3://bucket/root (S3 and what speaks it), minio://host:port/bucket/root, gs://bucket/root and azure://account/container/root";

/** The store URL of `--store` or `KEYWHEN_STORE`. */
export function storeUrl(given: string | undefined, env: Env): string | undefined {
  return given ?? (env["KEYWHEN_STORE"] || undefined);
}

/**
 * Opens what a store URL names: by `adapter`, a module that exports `open(url, env)`, else by an adapter for
 * its scheme. Throws a `UsageError` with the schemes there are. Sends nothing.
 */
export async function openHome(
  url: string | undefined,
  env: Env,
  adapter?: string | undefined,
): Promise<OpenedHome> {
  if (url === undefined) {
    throw new UsageError("which store?", `Give --store or set KEYWHEN_STORE: ${KNOWN}.`);
  }
  if (/^[^?#]*\/\/[^/?#]*@/.test(url)) {
    throw new UsageError(
      "a store URL holds no user or password.",
      "Leave out what stands before the @; credentials come from the environment.",
    );
  }
  if (adapter !== undefined) {
    const { open } = await loadAdapter(adapter);
    return open(url, env);
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    throw new UsageError("the store URL begins with no scheme.", `There are ${KNOWN}.`);
  }
  const { open } = await adapterOf(scheme);
  return open(url, env);
}

async function adapterOf(scheme: string): Promise<{ readonly open: OpenHome }> {
  const load = Object.hasOwn(ADAPTERS, scheme) ? ADAPTERS[scheme] : undefined;
  if (load !== undefined) return load();
  const optional = Object.hasOwn(OPTIONAL_ADAPTERS, scheme) ? OPTIONAL_ADAPTERS[scheme] : undefined;
  if (optional === undefined) {
    throw new UsageError(`there is no adapter for "${scheme}:".`, `There are ${KNOWN}.`);
  }
  return loadOptional(scheme, optional);
}

async function loadOptional(
  scheme: string,
  { adapter, client }: { adapter: string; client: string },
): Promise<{ readonly open: OpenHome }> {
  const loaded: unknown = await import(`${adapter}/url`).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) {
      throw error;
    }
    const install = `npm install ${adapter} ${client}`;
    throw new UsageError(`no adapter for "${scheme}:" is installed.`, `Add it: ${install}.`);
  });
  if (isAdapter(loaded)) return loaded;
  throw new TypeError(`${adapter}/url exports no function open(url, env)`);
}

/** A file of one's own (`./my-store.mjs`), or a package's name. */
async function loadAdapter(adapter: string): Promise<{ readonly open: OpenHome }> {
  const isFile = /^[./]|\.[cm]?js$/.test(adapter);
  const specifier = isFile ? pathToFileURL(resolve(adapter)).href : adapter;
  const loaded = await import(specifier).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`can't load the adapter ${adapter}: ${why.split("\n")[0]}.`);
  });
  if (isAdapter(loaded)) return loaded;
  throw new UsageError(
    `${adapter} exports no function open(url, env).`,
    "That is what keywhen calls with the store URL; it gives { store, bucket, root }.",
  );
}

function isAdapter(loaded: unknown): loaded is { readonly open: OpenHome } {
  if (typeof loaded !== "object" || loaded === null || !("open" in loaded)) return false;
  return typeof loaded.open === "function";
}
