import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const FIXTURE = fileURLToPath(new URL("./other-runners/node-test.fixture.mjs", import.meta.url));

describe("proveStore() under node:test", () => {
  it.each([
    ["by itself", {}],
    ["with its after hook", { WITH_AFTER: "1" }],
  ])("passes a good store and closes it once, %s", async (_, env) => {
    const { code, output } = await runNodeTest(env);
    expect(output).toMatch(/^# fail 0$/m);
    expect(output).toMatch(/^# pass [1-9]\d+$/m);
    expect(output).toContain("closed 1 times");
    expect(code).toBe(0);
  });

  it.each([
    ["by itself", {}],
    ["with its after hook", { WITH_AFTER: "1" }],
  ])("fails a broken store and closes it once all the same, %s", async (_, env) => {
    const { code, output } = await runNodeTest({ ...env, BROKEN: "1" });
    expect(output).toMatch(/^# fail [1-9]\d*$/m);
    expect(output).toContain("closed 1 times");
    expect(code).toBe(1);
  });
});

async function runNodeTest(env: Record<string, string>) {
  const child = spawn(process.execPath, ["--test-reporter=tap", FIXTURE], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const output = await text(child.stdout);
  return { code: await exited, output };
}
