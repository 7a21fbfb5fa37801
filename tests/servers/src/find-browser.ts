import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { canRun } from "./can-run.js";

/** A Chromium on this machine, and the environment that it needs. */
export interface FoundBrowser {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const CACHE = fileURLToPath(new URL("../node_modules/.cache/", import.meta.url));

const require = createRequire(import.meta.url);
let found: FoundBrowser | undefined;

/**
 * Finds the browser that `CHROMIUM` names. Otherwise it is the one of the npm package `@sparticuz/chromium`, which runs on Linux on
 * x64 and needs nothing of the system, and otherwise one that is installed.
 */
export function findBrowser(): FoundBrowser | undefined {
  found ??= namedBrowser() ?? packagedBrowser() ?? installedBrowser();
  return found;
}

function namedBrowser(): FoundBrowser | undefined {
  const executablePath = process.env["CHROMIUM"];
  if (!executablePath) return undefined;
  if (!canRun(executablePath)) {
    throw new Error(`CHROMIUM must name a browser that runs (got "${executablePath}").`);
  }
  return { executablePath, env: environment() };
}

function installedBrowser(): FoundBrowser | undefined {
  const executablePath = PROGRAMS.find((program) => canRun(program));
  if (executablePath === undefined) return undefined;
  const { stdout } = spawnSync("sh", ["-c", `command -v ${executablePath}`], { encoding: "utf8" });
  return { executablePath: stdout.trim(), env: environment() };
}

function packagedBrowser(): FoundBrowser | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const folder = unpackedBrowser();
  if (folder === undefined) return undefined;
  const executablePath = join(folder, "chromium");
  const env = { ...environment(), FONTCONFIG_PATH: folder };
  if (canRun(executablePath)) return { executablePath, env };
  // The package brings the few libraries along that a small system lacks.
  const withLibraries = { ...env, LD_LIBRARY_PATH: join(folder, "lib") };
  const { status } = spawnSync(executablePath, ["--version"], { env: withLibraries });
  return status === 0 ? { executablePath, env: withLibraries } : undefined;
}

/** Chromium's own scripts refuse the name that it makes of an unset locale. */
function environment(): Record<string, string> {
  const { PATH = "", HOME = "/", TMPDIR } = process.env;
  return { PATH, HOME, LANG: "en_US.UTF-8", ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}

/** Unpacks the package's browser, once for each version; `undefined` without tar. */
function unpackedBrowser(): string | undefined {
  const packageFolder = dirname(require.resolve("@sparticuz/chromium")).replace(
    /\/build\/cjs$/,
    "",
  );
  const parts = join(packageFolder, "bin");
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const folder = join(CACHE, `chromium-${versionOf(manifest)}`);
  if (existsSync(folder)) return folder;
  if (!canRun("tar")) return undefined;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, "unpacking-"));
  writeFileSync(join(fresh, "chromium"), unpacked(parts, "chromium.br"), { mode: 0o755 });
  for (const archive of ["swiftshader.tar.br", "al2023.tar.br", "fonts.tar.br"]) {
    const { status, stderr } = spawnSync("tar", ["-x", "-C", fresh], {
      input: unpacked(parts, archive),
    });
    if (status !== 0) throw new Error(`${archive} cannot be unpacked: ${stderr}`);
  }
  writeFileSync(join(fresh, "fonts.conf"), fontsIn(folder));
  try {
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    if (!existsSync(folder)) throw error; // another process was faster
  }
  return folder;
}

function versionOf(manifest: unknown): string {
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) {
    throw new Error("@sparticuz/chromium has no version.");
  }
  return `${manifest.version}`;
}

function unpacked(folder: string, file: string): Buffer {
  return brotliDecompressSync(readFileSync(join(folder, file)));
}

/** The system may have no font, so the package's is added. */
function fontsIn(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`;
}
