import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installApart } from "@keywhen/test-servers";
import { describe, expect, inject, it } from "vitest";
import { CORE_AND_FOLDERS, emptyProject, expectReminders } from "./projects.js";
import { ROOT } from "./public-packages.js";
import { run } from "./run.js";

const CLIENT_S3 = "@aws-sdk/client-s3@3.1173.0";
const LOAD_S3 = `
import { S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
console.log(typeof s3Store({ client: new S3Client({ region: "us-east-1" }) }).put);
`;

interface Manager {
  /** The command that adds packages to a project. */
  readonly add: readonly string[];
  /** The command that runs a file of the project. */
  readonly run: readonly string[];
}

const node = process.execPath;
const managers: Readonly<Record<string, () => Manager>> = {
  npm: () => ({ add: ["npm", "install", "--no-audit", "--no-fund"], run: [node] }),
  pnpm: () => ({ add: [node, join(ROOT, "node_modules/pnpm/bin/pnpm.cjs"), "add"], run: [node] }),
  "Yarn with Plug'n'Play": () => {
    const yarn = join(
      installApart(["@yarnpkg/cli-dist@4.18.1"]),
      "node_modules/@yarnpkg/cli-dist/bin/yarn.js",
    );
    return { add: [node, yarn, "add"], run: [node, yarn, "node"] };
  },
  Bun: () => {
    const bun = join(installApart(["bun@1.4.4"]), "node_modules/@oven/bun-linux-x64/bin/bun");
    return { add: [bun, "add"], run: [bun] };
  },
};

const env = { YARN_ENABLE_TELEMETRY: "0", YARN_ENABLE_IMMUTABLE_INSTALLS: "false" };

async function command(cwd: string, [program = "", ...args]: readonly string[]): Promise<string> {
  return run(program, args, { cwd, env });
}

describe.each(Object.entries(managers))("two tarballs, installed by %s", (name, manager) => {
  /** Without a lockfile here, Yarn looks for a project in the folders above. */
  function project(): string {
    const folder = emptyProject();
    if (name.startsWith("Yarn")) writeFileSync(join(folder, "yarn.lock"), "");
    return folder;
  }

  it("schedule and deliver in a folder", async () => {
    const folder = project();
    const { add, run: start } = manager();
    await command(folder, [...add, ...CORE_AND_FOLDERS]);
    cpSync(join(inject("reminders"), "reminders.mjs"), join(folder, "reminders.mjs"));
    const [program = "", ...args] = start;
    await expectReminders(folder, program, args);
  });

  it("are enough for S3, with the client", async () => {
    const folder = project();
    const { add, run: start } = manager();
    const tarballs = ["core", "adapter-s3"].map((one) => `../keywhen/packed/keywhen-${one}.tgz`);
    await command(folder, [...add, ...tarballs, CLIENT_S3]);
    writeFileSync(join(folder, "load.mjs"), LOAD_S3);
    expect(await command(folder, [...start, "load.mjs"])).toBe("function\n");
  });
});
