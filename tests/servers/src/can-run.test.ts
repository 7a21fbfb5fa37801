import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { canRun } from "./can-run.js";

it("finds a program that runs", () => {
  expect(canRun(process.execPath)).toBe(true);
});

it("does not find a program that is not installed", () => {
  expect(canRun("no-such-program")).toBe(false);
});

it("counts a program that cannot start as missing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-can-run-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const broken = join(folder, "broken");
  await writeFile(broken, "#!/bin/sh\necho 'error while loading shared libraries' >&2\nexit 127\n");
  await chmod(broken, 0o755);
  expect(canRun(broken)).toBe(false);
});
