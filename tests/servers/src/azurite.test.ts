import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { startAzurite } from "./azurite.js";

it("starts an empty Azure Blob server that ends with stop()", { timeout: 60_000 }, async () => {
  const { endpoint, account, stop } = await startAzurite();
  const { status, headers } = await fetch(`${endpoint}/${account}?comp=list`);
  expect([status, headers.get("server")]).toEqual([403, expect.stringContaining("Azurite")]);
  await stop();
  await stop();
  await expect(fetch(endpoint)).rejects.toThrow();
});

it("ends when the process that started it is killed", { timeout: 60_000 }, async () => {
  const started = new URL("../dist/index.js", import.meta.url).href;
  const script = `const { startAzurite } = await import(${JSON.stringify(started)});
    console.log((await startAzurite()).endpoint); setInterval(() => {}, 1000);`;
  const owner: ChildProcess = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [endpoint] = await once(owner.stdout ?? owner, "data");
  owner.kill("SIGKILL");
  await expect.poll(() => answers(`${endpoint}`.trim()), { timeout: 10_000 }).toBe(false);
});

async function answers(endpoint: string): Promise<boolean> {
  await sleep(50);
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}
