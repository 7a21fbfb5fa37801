import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { ENDING_WITH_PARENT } from "./ending-with-parent.js";

const CHILD = "console.log(process.pid); setInterval(() => {}, 1000);";

it("ends a child when the process that started it is killed", { timeout: 30_000 }, async () => {
  const args = [...ENDING_WITH_PARENT, "-e", CHILD];
  const script = `const { spawn } = require("node:child_process");
    spawn(process.execPath, ${JSON.stringify(args)}, { stdio: "inherit" });`;
  const owner = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = await once(owner.stdout, "data");
  const pid = Number(printed);
  try {
    expect(isAlive(pid)).toBe(true);
    owner.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  } finally {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
