import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

const put = (...args: string[]) =>
  place.run(["put", "inactive/42", "--at", "2096-11-25T08:00Z", "--to", "inbox/42.json", ...args]);

describe("keywhen put", () => {
  it("stores the event of a name, and replaces it the next time", async () => {
    const first = await put("--body", "1");
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    expect(first.stdout).toMatch(
      /^Scheduled, for .*: '2096-11-25T08:00:00\.000Z\|inbox\|42\.json\|inactive\/42;\w{12}'\n$/,
    );
    const second = await put("--body", "2", "--meta", "a=1");
    expect(second.stdout).toMatch(/^Replaced, for .*: '.*~[0-9a-f]{8}'\n$/);
    const list = await place.run("list --ids");
    expect(list.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(second.stdout).toContain(list.stdout.trimEnd());
  });

  it("prints JSON, and only the id with -q", async () => {
    const json = JSON.parse((await put("--body", "1", "--json")).stdout);
    expect(json).toMatchObject({ outcome: "scheduled", at: "2096-11-25T08:00:00.000Z" });
    const again = JSON.parse((await put("--body", "1", "--json")).stdout);
    expect(again).toMatchObject({ outcome: "replaced", replaced: json.id });
    const quiet = await put("--body", "1", "-q");
    expect(quiet.stdout.trimEnd()).toMatch(/^2096-11-25T08:00:00\.000Z\|inbox\|/);
  });

  it("checks everything and stores nothing with --dry-run", async () => {
    const dry = await put("--body", "1", "--dry-run");
    expect(dry.stdout).toMatch(/^Would schedule, for /);
    expect(place.files()).toEqual([]);
    await put("--body", "1");
    expect((await put("--body", "2", "-n")).stdout).toMatch(/^Would replace, for /);
    expect((await place.run("show --name inactive/42 --body")).stdout).toBe("1");
  });

  it("takes a large file, and bounds a debounce", async () => {
    const file = join(place.folder, "large.bin");
    writeFileSync(file, Buffer.alloc(5_000_000, 1));
    expect(await put("--file", file, "--max-wait", "30d")).toMatchObject({ exitCode: 0 });
    const { stdout } = await place.run("show --name inactive/42 --json");
    const { size, at } = JSON.parse(stdout);
    expect(size).toBe(5_000_000);
    expect(Date.parse(at)).toBeLessThan(Date.now() + 31 * 86_400_000);
  });

  it("notes an earlier event that may be delivered, and an instant in the past", async () => {
    await place.run("put a --at 2026-01-01T00:00Z --to inbox/a --body 1");
    const run = await place.run("put a --at 2026-01-01T00:00Z --to inbox/a --body 2");
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(/An earlier event of this name had closed.*\|a;\w{12}'\.\n/);
    expect(run.stderr).toMatch(/the next sweep delivers it/);
  });
});

describe("--name", () => {
  it("shows the event of a name, or its payload", async () => {
    await put("--body", "hello");
    const shown = await place.run("show --name inactive/42");
    expect(shown.stdout).toMatch(
      /^due .* · to inbox\/42\.json · 5 bytes, .*inactive\/42;\w{12}\n$/,
    );
    expect((await place.run("show --name inactive/42 --search --body")).stdout).toBe("hello");
    const missing = await place.run("show --name inactive/43");
    expect(missing).toMatchObject({ exitCode: 3, stdout: "" });
  });

  it("cancels the event of a name, once", async () => {
    await put("--body", "1");
    const dry = await place.run("cancel --name inactive/42 --dry-run");
    expect(dry).toMatchObject({ exitCode: 0, stdout: "Would cancel: inactive/42.\n" });
    const run = await place.run("cancel --name inactive/42 --json");
    expect(JSON.parse(run.stdout)).toMatchObject({ name: "inactive/42", outcome: "cancelled" });
    expect((await place.run("list --ids")).stdout).toBe("");
    expect((await place.run("cancel --name inactive/42")).exitCode).toBe(3);
    await put("--body", "1");
    const quiet = await place.run("cancel --name inactive/42 -q");
    expect(quiet.stdout).toMatch(/^2096-/);
  });
});
