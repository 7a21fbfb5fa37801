import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const KEYWHEN = here("node_modules/keywhen/dist/main.js");
const MODULE = here("my-store.mjs");

let cwd;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "keywhen-sqlite-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function keywhen(verb, ...args) {
  const env = {
    PATH: process.env.PATH,
    KEYWHEN_STORE: "sqlite:./jobs.db?buckets=schedule,reminders",
  };
  const command = [KEYWHEN, verb, "--adapter", MODULE, ...args];
  return spawnSync(process.execPath, command, { cwd, env, encoding: "utf8" });
}

describe("a custom store", () => {
  it("is used from the command line: scheduled, listed and swept", () => {
    const past = ["--at", "2026-01-01T00:00Z", "--to", "reminders/42.json", "-q"];
    const scheduled = keywhen("schedule", ...past, "--body", "{}");
    expect(scheduled).toMatchObject({ status: 0, stderr: "" });
    expect(keywhen("list", "--ids").stdout).toBe(scheduled.stdout);
    const swept = keywhen("sweep", "--allow", "reminders/*");
    expect(swept.stdout).toMatch(/^Delivered 1 of 1 due/);
    expect(keywhen("list", "--ids").stdout).toBe("");
    expect(readdirSync(cwd)).toEqual(["jobs.db"]);
  });
});
