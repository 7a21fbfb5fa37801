import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fsStore } from "@keywhen/adapter-fs";
import { createScheduler, createSweeper } from "@keywhen/core";
import { skipUnless, TEST_NEEDS } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { addModule, addSlowStore, byModule } from "../testing/adapter-modules.js";
import { onTerminal } from "../testing/on-terminal.js";
import { type Run, useWorkplace } from "../testing/run-keywhen.js";

/** Sets a title, clears the screen, forges a line, turns text around; as C0, C1, DEL, bidi and line separators. */
const HOSTILE = "\u001b]0;PWNED\u0007\u009b2J\u007f\u0085\u202e\u2066\u2028\n09:00:00 forged\r";
const KEY = `x${HOSTILE}`;
const TARGET = `out/${KEY}`;
/** What no line may contain. A line end ends a line, and a forged line begins one. */
const INSTRUCTIONS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
const FORGED = /^09:00:00 forged/m;

const place = useWorkplace({ inProcess: true });
const folder = () => join(place.folder, "data");

function expectHarmless(text: string): void {
  for (const line of text.split("\n")) expect(line).not.toMatch(INSTRUCTIONS);
  expect(text).not.toMatch(FORGED);
}

function expectShown({ stdout, stderr }: Run): void {
  expectHarmless(stdout);
  expectHarmless(stderr);
}

const IN_1H = ["schedule", "--in", "1h", "--body", "x"];

/** Every verb that changes nothing, on a schedule with hostile events and a hostile dead letter. */
function readOnlyVerbs(id: string, deadId: string): readonly (readonly string[])[] {
  const to = ["--to", TARGET];
  return [
    [...IN_1H, ...to, "-n"],
    [...IN_1H, "--to", "b/k", "--meta", `a=${HOSTILE}`, "-n"],
    [...IN_1H, "--to", "b/k", "--type", HOSTILE, "-n"],
    ["schedule", "--in", HOSTILE, "--to", "b/k", "--body", "x"],
    ["schedule", "--at", HOSTILE, "--to", "b/k", "--body", "x"],
    ["schedule", "--in", "1h", "--to", HOSTILE, "--body", "x"],
    ["schedule", "--in", "1h", ...to, "--file", HOSTILE],
    ["list"],
    ["list", "--to", `${HOSTILE}/*`],
    ["list", "--limit", HOSTILE],
    ["list", "--after", HOSTILE],
    ["list", "-s", `file:./${HOSTILE}`],
    ["list", "-s", HOSTILE],
    ["list", "--adapter", `./${HOSTILE}.mjs`],
    ["list", "--tz", HOSTILE],
    ["list", HOSTILE],
    ["list", `--${HOSTILE}`],
    ["show", id],
    ["show", HOSTILE],
    ["cancel", HOSTILE],
    ["reschedule", id, "--in", "2h", "-n"],
    ["dead", "list"],
    ["dead", "show", deadId],
    ["dead", "redrive", deadId, "-n"],
    ["dead", "purge", deadId, "-n"],
    ["dead", HOSTILE],
    ["shards", "set", HOSTILE],
    ["shards", "show"],
    ["doctor", "--allow", `${HOSTILE}/*`],
    ["migrate", "--from", HOSTILE],
    ["key", "--in", "1h", ...to],
    ["key", "--in", "1h", "--to", "a/b", "--root", HOSTILE],
    ["decode", id],
    ["decode", HOSTILE],
    ["cost", "--events", HOSTILE],
    ["completion", HOSTILE],
    [HOSTILE],
    ["sweep", "--allow", HOSTILE],
    ["run", "--forward-to", HOSTILE],
    ["run", "--health", HOSTILE],
  ];
}

/** Those that do, on the same. */
function otherVerbs(id: string): readonly (readonly string[])[] {
  return [
    [...IN_1H, "--to", TARGET],
    ["sweep", "--allow", "nothing/*"],
    ["sweep"],
    ["run", "--for", "1s", "--poll", "200ms"],
    ["cancel", id],
  ];
}

async function scheduleHostile(): Promise<{ id: string; deadId: string }> {
  const home = { store: fsStore({ folder: folder(), createBuckets: true }), bucket: "schedule" };
  const event = { body: "x", contentType: "text/plain", to: { bucket: "out", key: KEY } };
  const dead = await createScheduler(home).schedule({ ...event, at: "2026-01-01T00:00Z" });
  await createScheduler(home).schedule({
    at: "2026-01-01T00:00Z",
    to: { bucket: "other", key: "k" },
  });
  await createSweeper({ ...home, allowTargets: ["other/*"] }).sweep();
  await createScheduler(home).schedule({ ...event, at: "2026-01-02T00:00Z" });
  const later = await createScheduler(home).schedule({ ...event, at: "2096-01-01T00:00Z" });
  return { id: later.id, deadId: dead.id };
}

describe("keywhen with hostile keys and texts", () => {
  it.each([[["-v"]], [["--json", "-v"]]])(
    "prints no terminal instruction in any verb, with %j",
    async (flags) => {
      const { id, deadId } = await scheduleHostile();
      const check = async (args: readonly string[]) => {
        const run = await place.run([...args, ...flags]);
        expectShown(run);
        expect(run.stdout + run.stderr, args.join(" ")).not.toBe("");
      };
      await Promise.all(readOnlyVerbs(id, deadId).map(check));
      for (const args of otherVerbs(id)) await check(args);
    },
    120_000,
  );

  it("shows what it made visible", async () => {
    await scheduleHostile();
    const { stdout } = await place.run(["list"]);
    expect(stdout).toContain(
      "out/x\\u001b]0;PWNED\\u0007\\u009b2J\\u007f\\u0085\\u202e\\u2066\\u2028\\n09:00:00 forged\\r",
    );
    const json = (await place.run(["list", "--json"])).stdout.trim().split("\n");
    expect(json.map((line) => JSON.parse(line).to.key)).toEqual([KEY, KEY]);
  });

  it("prints metadata, content types, owners and an adapter's errors in the same way", async () => {
    await addModule(
      place,
      "hostile",
      `const hostile = ${JSON.stringify(HOSTILE)};
import { open as openSlow } from "./slow-store.mjs";
export const open = async (url, env) => {
  const home = await openSlow(url, env);
  const head = async (ref, call) => {
    const info = await home.store.head(ref, call);
    return info && { ...info, contentType: hostile, contentEncoding: hostile, metadata: { [hostile]: hostile } };
  };
  const copy = async () => { throw new Error(hostile); };
  return { ...home, store: { ...home.store, head, copy } };
};`,
    );
    await addSlowStore(place);
    const { id } = await scheduleHostile();
    const store = byModule("hostile");
    for (const args of [
      ["show", id],
      ["sweep", "--allow", "*"],
    ]) {
      for (const flags of [[], ["--json"], ["-v"]]) {
        const run = await place.run([...args, ...store, ...flags]);
        expectShown(run);
        const isLater = args[0] === "sweep" && flags.length > 0; // the event has just failed
        if (!isLater) expect(run.stdout + run.stderr).toContain("\\u001b]0;PWNED");
      }
    }
    await writeFile(
      join(folder(), "schedule/keywhen/lease/sweep.json"),
      JSON.stringify(leaseOf(HOSTILE)),
    );
    for (const args of [["sweep"], ["doctor"]]) {
      const run = await place.run(args);
      expectShown(run);
      expect(run.stdout + run.stderr).toContain("PWNED");
    }
  });

  it("prints what an address answers to --forward-to in the same way", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.end(`HTTP/1.1 500 ${HOSTILE.replaceAll(/[\r\n]/g, "")}\r\ncontent-length: 0\r\n\r\n`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await scheduleHostile();
    const url = `http://127.0.0.1:${port}/`;
    const run = await place.run(["run", "--for", "1s", "--poll", "200ms", "--forward-to", url]);
    server.close();
    expectShown(run);
    expect(run.stderr).toContain("trying again");
    expect(run.stdout).toContain("\\u001b]0;PWNED");
  });

  it("writes a payload unchanged into a pipe", async () => {
    const args = ["schedule", "--at", "2096-01-01T00:00Z", "--to", "a/b", "-q"];
    const id = (await place.run(args, HOSTILE)).stdout.trim();
    expect((await place.run(["show", id, "--body"])).stdout).toBe(HOSTILE);
  });
});

skipUnless(describe, TEST_NEEDS.script)("keywhen on a terminal with hostile keys and texts", () => {
  it("makes a payload visible, but for its lines and tabs", async () => {
    const args = ["schedule", "--at", "2096-01-01T00:00Z", "--to", "a/b", "-q"];
    const id = (await place.run(args, `${HOSTILE}\tä\n`)).stdout.trim();
    const { screen } = await onTerminal(place, ["show", id, "--body"]);
    expect(screen).toBe(
      "\\u001b]0;PWNED\\u0007\\u009b2J\\u007f\\u0085\\u202e\\u2066\\u2028\r\n09:00:00 forged\\r\tä\r\n",
    );
  });

  it("asks with a target that is made visible", async () => {
    const { id } = await scheduleHostile();
    const declined = await onTerminal(place, ["cancel", id.slice(0, 20)], "n\r");
    expect(declined.screen).toContain("Cancel out/x\\u001b]0;PWNED");
    expect(declined.screen).not.toContain("]0;PWNED\u0007");
  });

  it("draws its last line with what it made visible", async () => {
    await scheduleHostile();
    const run = await onTerminal(place, ["run", "--for", "2s", "--poll", "200ms"]);
    expect(run.screen).toContain("\\u001b]0;PWNED");
    for (const raw of ["\u001b]", "\u009b", "\u202e", "\u0007"]) {
      expect(run.screen).not.toContain(raw);
    }
  });
});

function leaseOf(owner: string) {
  const until = new Date(Date.now() + 50_000).toISOString();
  return { version: 1, holders: [{ owner, until, expires: until }] };
}
