import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type ErrorCode, hasCode } from "@keywhen/core";
import { isStoreError, type OpenedSchedule, type OpenSchedule } from "@keywhen/core/store";
import { importPackage } from "./import-package.js";
import { refuseQuotes } from "./store-url.js";
import { UsageError } from "./usage-error.js";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Opens a store with a module of the user: a file (`./my-store.mjs`), or a package that the working directory or this
 * command can import. Throws a `UsageError` that names the module and its problem.
 */
export async function openByModule(module: string, url: string, env: Env): Promise<OpenedSchedule> {
  refuseQuotes("The --adapter (or KEYWHEN_ADAPTER)", module);
  const { open } = await load(module);
  let opened: unknown;
  try {
    opened = await open(url, env);
  } catch (error) {
    if (error instanceof UsageError || isStoreError(error) || hasCode(error, ...MISTAKES))
      throw error;
    const hint = "Correct the store URL or the module, whose open(url, env) threw this error.";
    throw new UsageError(
      `The adapter ${module} can't open ${url}: ${sentence(error)}`,
      hint,
      error,
    );
  }
  const problem = problemOf(opened);
  if (problem === undefined && isOpened(opened)) return closing(opened);
  throw new UsageError(
    `open(url, env) of the adapter ${module} returned ${problem}.`,
    "Return { store, bucket, root }.",
  );
}

const OWN_FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** An adapter may refuse its URL with these codes. */
const MISTAKES: readonly ErrorCode[] = ["invalid-option", "invalid-target", "not-supported"];

async function load(module: string): Promise<{ readonly open: OpenSchedule }> {
  const isFile = /^[./]|^[a-z]:[\\/]|\.[cm]?js$/i.test(module);
  if (isFile) refuseMissing(module);
  let loaded: unknown;
  try {
    loaded = isFile
      ? await import(pathToFileURL(resolve(module)).href)
      : await importPackage(module);
  } catch (error) {
    throw new UsageError(
      `Can't load the adapter ${module}: ${sentence(error)}`,
      "Correct the module.",
      error,
    );
  }
  if (isAdapter(loaded)) return loaded;
  if (loaded === undefined) {
    throw new UsageError(
      `There is no package ${module}.`,
      "Install it in the working directory, or next to this command. If it is a file, begin its path with ./.",
    );
  }
  throw new UsageError(
    `The adapter ${module} exports no function open(url, env).`,
    "Export one that returns { store, bucket, root }.",
  );
}

function refuseMissing(module: string): void {
  const stats = statSync(module, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new UsageError(
      `There is no adapter file ${module}.`,
      `Correct the path: keywhen looked for ${resolve(module)}.`,
    );
  }
  if (stats.isDirectory()) {
    throw new UsageError(
      `The adapter ${module} is a folder.`,
      "Give its file that exports open(url, env).",
    );
  }
}

export function isAdapter(loaded: unknown): loaded is { readonly open: OpenSchedule } {
  return isObject(loaded) && typeof loaded["open"] === "function";
}

/** Returns what is wrong with the value that `open()` returned, if anything. */
function problemOf(opened: unknown): string | undefined {
  if (!isObject(opened)) return `${opened === null ? "null" : `a value of type ${typeof opened}`}`;
  const { store, bucket, root } = opened;
  if (!isObject(store) || !isObject(store["capabilities"]) || typeof store["list"] !== "function") {
    return "a store that is not an ObjectStore";
  }
  if (typeof bucket !== "string" || bucket === "") return "no bucket";
  return root === undefined || typeof root === "string" ? undefined : "a root that is not a string";
}

function isOpened(opened: unknown): opened is OpenedSchedule {
  return problemOf(opened) === undefined;
}

/** Adds the method that closes, for an adapter without one. */
function closing(opened: OpenedSchedule): OpenedSchedule {
  if (typeof opened[Symbol.asyncDispose] === "function") return opened;
  return { ...opened, [Symbol.asyncDispose]: async () => {} };
}

function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // Node adds the importing module, which is one of these.
  const [line = ""] = (text.split("\n", 1)[0] ?? "").split(` imported from ${OWN_FOLDER}`);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
