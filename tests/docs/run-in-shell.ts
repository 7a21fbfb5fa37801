import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./pages.js";
import type { Snippet } from "./snippets.js";

const keywhen = join(root, "apps/cli/dist/main.js");

/**
 * Not run here: cloning, packing (done once, before all tests), installs from a registry, commands that CI runs by themselves or that
 * take minutes, and the demo, which doesn't end. Stand-ins replace other programs, so that keywhen's side of a pipe is tested.
 */
const PRELUDE = `
npm() {
  case "$*" in
    "run quickstart" | "run demo" | "run check" | "run -s bench"* | "run -s simulate"* | test) ;;
    "run pack" | "run -s pack") ;;
    install\\ ../*) command npm "$@" --offline --no-audit --no-fund ;;
    install\\ *) ;;
    *) command npm "$@" ;;
  esac
}
git() {
  case "$1" in
    clone) ;;
    *) command git "$@" ;;
  esac
}
`;
/** What a page left in the background ends with it, also if a command after it failed. */
const END_JOBS = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT";
const STAND_INS = {
  keywhen: `exec node ${JSON.stringify(keywhen)} "$@"`,
  pg_dump: "echo 'CREATE TABLE orders ();'",
  aws: 'case "$4" in s3://acme-schedule/keywhen/pending/????-*) ;; *) exit 1 ;; esac',
};

/** A reader who types what a page shows, from top to bottom, in a folder that contains only the checkout. */
export function follow(snippets: readonly Snippet[]): string {
  return snippets
    .filter(({ language, file }) => language === "sh" || file !== undefined)
    .map(({ code, file }) =>
      file === undefined ? code : `cat > ${file} <<'SNIPPET'\n${code}SNIPPET\n`,
    )
    .join("\n");
}

export function runInShell(commands: string) {
  const parent = mkdtempSync(join(tmpdir(), "keywhen-docs-"));
  symlinkSync(root, join(parent, "keywhen")); // pages that stay in one folder find the checkout next to it
  const folder = join(parent, "folder");
  mkdirSync(folder);
  prepare(folder);
  const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"]}` };
  try {
    const script = `set -eo pipefail\n${END_JOBS}\n${PRELUDE}\n${commands}`;
    // Without rc file, which bash reads if its input is a socket: it may put other programs first.
    const limits = { timeout: 120_000, killSignal: "SIGKILL" } as const; // a command that never ends is a mistake
    const options = { cwd: folder, env, encoding: "utf8", ...limits } as const;
    return spawnSync("bash", ["--norc", "-c", script], options);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function prepare(folder: string): void {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(STAND_INS)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const scripts = { keywhen: STAND_INS.keywhen.replace(' "$@"', "") };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, scripts }));
  writeFileSync(join(folder, "my-store.mjs"), myStore());
  symlinkSync(root, join(folder, "keywhen"));
}

/** The example's store; what is only to be proved is the skeleton, because the example's own tests prove the SQLite store. */
function myStore(): string {
  const [sqlite, skeleton] = ["my-store", "skeleton"].map((name) =>
    pathToFileURL(join(root, `examples/custom-store/${name}.mjs`)),
  );
  return `import { open as openSqlite } from "${sqlite}";
import { open as openSkeleton } from "${skeleton}";
export const open = (url) => (url.includes("proof.db") ? openSkeleton(url) : openSqlite(url));
`;
}
