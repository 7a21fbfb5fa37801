import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { azureStore } from "@keywhen/adapter-azure";
import { fsStore } from "@keywhen/adapter-fs";
import { gcsStore } from "@keywhen/adapter-gcs";
import { minioStore } from "@keywhen/adapter-minio";
import { s3Store } from "@keywhen/adapter-s3";
import { systemClock } from "@keywhen/core";
import { memoryStore } from "@keywhen/core/testing";
import { Client } from "minio";
import { afterAll, describe, expect, it, vi } from "vitest";
import { type Snippet, snippetsOf } from "./snippets.js";
import { cellsOf } from "./store-rows.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const keywhen = join(root, "apps/cli/dist/main.js");
const pages = pagesIn(root);

/** Every page that shows something to type. */
function pagesIn(folder: string): string[] {
  const patterns = ["README.md", "*/*/README.md", "docs/*.md"];
  const listed = spawnSync("git", ["ls-files", ...patterns], { cwd: folder, encoding: "utf8" });
  return listed.stdout.trim().split("\n");
}

const inLanguage = (page: string, ...languages: string[]): Snippet[] =>
  snippetsOf(join(root, page)).filter(({ language }) => languages.includes(language));

describe("the documentation", () => {
  const folder = fileURLToPath(new URL(".snippets/", import.meta.url));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows TypeScript that compiles as it stands", () => {
    const files = pages.flatMap((page) => inLanguage(page, "ts"));
    expect(files.length).toBeGreaterThan(3);
    const places = files.map(({ code, place }, index) => {
      writeFileSync(join(folder, `snippet-${index}.ts`), `${code}export {};\n`);
      return `snippet-${index}.ts is ${place}`;
    });
    const config = {
      extends: "../../tsconfig.base.json",
      compilerOptions: { noUnusedLocals: false },
      include: ["*.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/.bin/tsc");
    const { status, stdout } = spawnSync(tsc, ["-p", folder], { encoding: "utf8" });
    expect(status, `${stdout}\n${places.join("\n")}`).toBe(0);
  });

  it("shows a test of one's own that says what it says", async () => {
    const snippet = inLanguage("README.md", "ts").find(({ code }) =>
      code.includes("clock.advance"),
    );
    const file = join(folder, "own-test.ts");
    writeFileSync(file, snippet?.code ?? "");
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await import(file);
    expect(log.mock.calls).toMatchObject([[{ outcome: "swept", delivered: 1 }]]);
    log.mockRestore();
  });

  it.each(pages.filter((page) => inLanguage(page, "sh").length > 0))(
    "shows commands in %s that work one after the other",
    (page) => {
      const commands = inLanguage(page, "sh").map(({ code }) => code);
      const { status, stderr, stdout } = runInShell(commands.join("\n"));
      expect(status, `${stdout}\n${stderr}`).toBe(0);
    },
  );

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const text = pages.map((page) => readFileSync(join(root, page), "utf8")).join("\n");
    const named = [...text.matchAll(/npm run (?:-s )?([\w-]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });
});

describe("the table of stores", () => {
  it("says what the stores declare", () => {
    const clients = {
      s3: new S3Client({ region: "us-east-1" }),
      minio: new Client({ endPoint: "localhost", accessKey: "a", secretKey: "b" }),
      gcs: new Storage({ projectId: "kit" }),
      azure: new BlobServiceClient("https://account.blob.core.windows.net"),
    };
    const stores = {
      "memoryStore` (core/testing)": memoryStore({ clock: systemClock }),
      "@keywhen/adapter-fs": fsStore({ folder: "." }),
      "@keywhen/adapter-s3": s3Store({ client: clients.s3, service: "ceph" }),
      "@keywhen/adapter-minio": minioStore({ client: clients.minio, service: "ceph" }),
      "@keywhen/adapter-gcs": gcsStore({ client: clients.gcs }),
      "@keywhen/adapter-azure": azureStore({ client: clients.azure }),
    };
    const lines = readFileSync(join(root, "README.md"), "utf8").split("\n");
    for (const [name, { capabilities }] of Object.entries(stores)) {
      const row = lines.find((line) => line.startsWith(`| \`${name}`));
      expect(row, name).toContain(` | ${cellsOf(capabilities).join(" | ")} |`);
    }
  });
});

describe("the quickstart", () => {
  it("shows three files arrive as they were sent, and ends by itself", () => {
    const script = join(root, "scripts/quickstart.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    expect(stdout.match(/delivered {2}inbox\/today\/\S+ {2}\d+ ms late/g)).toHaveLength(3);
    expect(stdout.match(/\d+ bytes, the same/g)).toHaveLength(3);
    expect(stdout).toContain("Try next:");
  });
});

/**
 * What is not run here: the installs, the two commands that CI runs by themselves, and the demo, which doesn't end. Other people's
 * programs are played by stand-ins, so that what is tested is keywhen's side of a pipe.
 */
const PRELUDE = `
npm() {
  case "$*" in
    "run quickstart" | "run demo" | test | install\\ * | "run -s bench"*) ;;
    *) command npm "$@" ;;
  esac
}
npx() {
  case "$1" in
    @keywhen/store-conformance) shift; node ${join(root, "packages/store-conformance/dist/main.js")} "$@" ;;
    *) command npx "$@" ;;
  esac
}
`;
const STAND_INS = {
  keywhen: `exec node ${JSON.stringify(keywhen)} "$@"`,
  pg_dump: "echo 'CREATE TABLE orders ();'",
  aws: 'case "$4" in s3://acme-schedule/keywhen/pending/????-*) ;; *) exit 1 ;; esac',
};

function runInShell(commands: string) {
  const folder = mkdtempSync(join(tmpdir(), "keywhen-docs-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(STAND_INS)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const scripts = { keywhen: STAND_INS.keywhen.replace(' "$@"', "") };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, scripts }));
  const example = pathToFileURL(join(root, "examples/custom-store/my-store.mjs"));
  writeFileSync(join(folder, "my-store.mjs"), `export { open } from "${example}";\n`);
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
  try {
    const script = `set -eo pipefail\n${PRELUDE}\n${commands}`;
    // Without rc file, which bash reads if its input is a socket: it may put other programs first.
    const limits = { timeout: 120_000, killSignal: "SIGKILL" } as const; // a command that never ends is a mistake
    const options = { cwd: folder, env, encoding: "utf8", ...limits } as const;
    return spawnSync("bash", ["--norc", "-c", script], options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
