import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Imports a package that the working directory can import, or this command. So a globally installed command finds its
 * user's packages. Returns `undefined` if both can't find it.
 */
export async function importPackage(specifier: string): Promise<unknown> {
  const file = resolveInProject(specifier);
  try {
    return await import(file === undefined ? specifier : pathToFileURL(file).href);
  } catch (error) {
    if (isMissing(error, specifier)) return undefined;
    throw error;
  }
}

/** Returns whether a package or one of its dependencies is missing, rather than broken. */
function isMissing(error: unknown, specifier: string): boolean {
  if (!(error instanceof Error) || codeOf(error) !== "ERR_MODULE_NOT_FOUND") return false;
  return error.message.includes(packageOf(specifier));
}

/** Returns the file that a module in the working directory would import. */
function resolveInProject(specifier: string): string | undefined {
  const require = createRequire(join(process.cwd(), "keywhen.js"));
  try {
    return require.resolve(specifier);
  } catch (error) {
    if (codeOf(error) !== "ERR_PACKAGE_PATH_NOT_EXPORTED") return undefined;
    return resolveForImport(specifier, require.resolve.paths(specifier) ?? []);
  }
}

/** For a package without an export for `require()`. */
function resolveForImport(specifier: string, folders: readonly string[]): string | undefined {
  const name = packageOf(specifier);
  const folder = folders.map((one) => join(one, name)).find((one) => existsSync(one));
  if (folder === undefined) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entries = isRecord(manifest) ? manifest["exports"] : undefined;
  const path = `.${specifier.slice(name.length)}`;
  const hasPaths = isRecord(entries) && Object.keys(entries).some((key) => key.startsWith("."));
  const target = targetOf(hasPaths ? entries[path] : path === "." ? entries : undefined);
  return target === undefined ? undefined : join(folder, target);
}

const CONDITIONS = new Set(["node", "import", "module-sync", "default"]);

/** The first target of a conditional export whose conditions hold. */
function targetOf(entry: unknown): string | undefined {
  if (typeof entry === "string") return entry;
  if (!isRecord(entry)) return undefined;
  for (const [condition, value] of Object.entries(entry)) {
    const target = CONDITIONS.has(condition) ? targetOf(value) : undefined;
    if (target !== undefined) return target;
  }
  return undefined;
}

/** `@scope/name` of `@scope/name/path`. */
function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
