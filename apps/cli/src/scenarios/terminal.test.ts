import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { skipUnless, TEST_NEEDS } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { addSlowStore, SLOW } from "../testing/adapter-modules.js";
import { onTerminal } from "../testing/on-terminal.js";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace();

const SCHEDULE = ["schedule", "--at", "2096-11-25T08:00Z", "--to", "reminders/42.json"];
const BEGINNING = "2096-11-25T08";

skipUnless(describe, TEST_NEEDS.script)("keywhen on a terminal", () => {
  it("suggests what to do if nothing waits", async () => {
    await place.makeEmptySchedule();
    const all = await onTerminal(place, ["list"]);
    expect(all).toMatchObject({
      exitCode: 0,
      screen: expect.stringContaining("Nothing is waiting"),
    });
    const soon = await onTerminal(place, ["list", "--until", "+1d"]);
    expect(soon.screen).toMatch(
      /Nothing is due before \w+ \d+ \w+ \d+, .* UTC\. Try: keywhen schedule --in 10m/,
    );
    expect((await onTerminal(place, ["list", "--json"])).screen).toBe("");
    const schedules = await onTerminal(place, ["schedules", "list"]);
    expect(schedules.screen).toContain("There are no schedules. Store one with keywhen every");
  });

  it("asks for the payload, and stores nothing", async () => {
    const run = await onTerminal(place, SCHEDULE);
    expect(run).toMatchObject({ exitCode: 2, screen: expect.stringContaining("--body ''") });
    expect(place.files()).toEqual([]);
  });

  it("says that it reads the payload from the terminal, and where that ends", async () => {
    const typed = { after: "Ctrl-D", text: "hello\r\u0004" };
    const run = await onTerminal(place, [...SCHEDULE, "--file", "-"], typed);
    expect(run.screen).toMatch(/^Reading the payload from the terminal\. Ctrl-D on an empty line/);
    expect(run).toMatchObject({ exitCode: 0, screen: expect.stringContaining("Scheduled for") });
    const id = (await place.run(["list", "--ids"])).stdout.trim();
    expect((await place.run(["show", id, "--body"])).stdout).toBe("hello\n");
  });

  it("says that it reads ids from the terminal, and where they end", async () => {
    const id = (await place.run([...SCHEDULE, "--body", "x", "-q"])).stdout.trim();
    const run = await onTerminal(place, ["cancel", "-"], {
      after: "Ctrl-D",
      text: `${id}\r\u0004`,
    });
    expect(run.screen).toMatch(/^Reading ids from the terminal, one a line\. Ctrl-D on an empty/);
    expect(run).toMatchObject({ exitCode: 0, screen: expect.stringContaining("Cancelled:") });
  });

  it("asks before it cancels by the beginning of an id", async () => {
    await place.run([...SCHEDULE, "--body", "x"]);
    const declined = await onTerminal(place, ["cancel", BEGINNING], "n\r");
    expect(declined.screen).toContain("Cancel reminders/42.json, due Sun 25 Nov 2096");
    expect((await place.run(["list", "--ids"])).stdout).not.toBe("");
    const agreed = await onTerminal(place, ["cancel", BEGINNING], "y\r");
    expect(agreed).toMatchObject({ exitCode: 0, screen: expect.stringContaining("Cancelled:") });
    expect((await place.run(["list", "--ids"])).stdout).toBe("");
  });

  it("asks once before it cancels a group, with the number of its events", async () => {
    const group = ["--delivery-id", "order-42/*"];
    const none = await onTerminal(place, ["cancel", ...group]);
    expect(none.exitCode).toBe(3);
    for (const id of ["order-42/a", "order-42/b"]) {
      await place.run([...SCHEDULE, "--delivery-id", id, "--body", "x"]);
    }
    const declined = await onTerminal(place, ["cancel", ...group], "n\r");
    expect(declined.screen).toContain(
      "Cancel 2 events whose delivery id begins with order-42/? [y/N]",
    );
    expect(declined.screen).toContain("Nothing changed.");
    const moved = await onTerminal(place, ["reschedule", ...group, "--in", "1h"], "y\r");
    expect(moved.screen).toContain("Move 2 events whose delivery id begins with order-42/? [y/N]");
    expect(moved.screen).toContain("Moved 2 events whose delivery id begins with order-42/.");
    const agreed = await onTerminal(place, ["cancel", ...group], "y\r");
    expect(agreed).toMatchObject({
      exitCode: 0,
      screen: expect.stringContaining("Cancelled 2 events"),
    });
    const unasked = await onTerminal(place, ["cancel", ...group, "-y"]);
    expect(unasked.screen).not.toContain("[y/N]");
    expect((await place.run(["list", "--ids"])).stdout).toBe("");
    const find = await onTerminal(place, ["find", ...group]);
    expect(find.screen).toContain("No event whose delivery id begins with order-42/ waits.");
  });

  it("asks before it replaces a payload by the beginning of an id", async () => {
    await place.run([...SCHEDULE, "--body", "x"]);
    const replace = ["reschedule", BEGINNING, "--body", "y"];
    const agreed = await onTerminal(place, replace, "y\r");
    expect(agreed.screen).toContain(
      "Replace the payload of reminders/42.json, due Sun 25 Nov 2096",
    );
    expect(agreed).toMatchObject({
      exitCode: 0,
      screen: expect.stringContaining("Replaced the payload, due Sun 25 Nov 2096"),
    });
    const [id = ""] = (await place.run(["list", "--ids"])).stdout.split("\n");
    expect((await place.run(["show", id, "--body"])).stdout).toBe("y");
  });

  it("ends silently on Ctrl-C at a question, and changes nothing", async () => {
    await place.run([...SCHEDULE, "--body", "x"]);
    for (const args of [
      ["cancel", BEGINNING],
      ["reschedule", BEGINNING, "--in", "1h"],
    ]) {
      for (const flags of [[], ["--json"], ["-q"]]) {
        const run = await onTerminal(place, [...args, ...flags], "\u0003");
        expect(run).toEqual({
          exitCode: 130,
          screen: expect.stringMatching(/^[^\n]*\[y\/N\] [^\n]*\r\n$/),
        });
      }
    }
    expect((await place.run(["list", "--ids"])).stdout).not.toBe("");
  });

  it("takes Ctrl-D at a question for a no", async () => {
    await place.run([...SCHEDULE, "--body", "x"]);
    const run = await onTerminal(place, ["cancel", BEGINNING], "\u0004");
    expect(run).toMatchObject({ exitCode: 0, screen: expect.stringContaining("Nothing changed.") });
    expect((await place.run(["list", "--ids"])).stdout).not.toBe("");
  });

  it("asks before it redrives by the beginning of an id, and before it purges in any case", async () => {
    const past = ["schedule", "--at", "2026-01-01T00:00Z", "--to", "wrong/7.json", "--body", "x"];
    const id = (await place.run([...past, "-q"])).stdout.trim();
    await place.run(["schedule", "--at", "2026-01-01T00:00Z", "--to", "a/allowed", "--body", "x"]);
    await place.run(["sweep", "--allow", "a/*"]);
    const listing = await onTerminal(place, ["dead", "list"]);
    expect(listing.screen).toContain(`keywhen dead redrive '${id}'`);
    const declined = await onTerminal(place, ["dead", "redrive", "2026-01"], "n\r");
    expect(declined.screen).toContain("Redrive wrong/7.json, due Thu 1 Jan 2026");
    const kept = await onTerminal(place, ["dead", "purge", id], "n\r");
    expect(kept.screen).toContain("Permanently delete wrong/7.json");
    expect((await place.run(["dead", "list", "--ids"])).stdout).toBe(`${id}\n`);
    const purged = await onTerminal(place, ["dead", "purge", id, "-y"]);
    expect(purged).toMatchObject({
      exitCode: 0,
      screen: expect.stringMatching(/^Deleted permanently/),
    });
    expect((await onTerminal(place, ["dead", "list"])).screen).toContain(
      "There are no dead letters.",
    );
  });

  it("reads times as people say them, in the machine's zone", async () => {
    const run = await onTerminal(place, [
      "schedule",
      "--at",
      "tomorrow 9am",
      "--to",
      "a/b",
      "--body",
      "x",
    ]);
    expect(run.screen).toMatch(/^Scheduled for \w+ \d+ \w+ \d+, 09:00:00 UTC/);
  });

  it("shows what goes on while it runs, and clears it at the end", async () => {
    await place.run([...SCHEDULE, "--body", "x"]);
    await place.run(["schedule", "--in", "1s", "--to", "out/soon", "--body", "x"]);
    const run = await onTerminal(place, ["run", "--for", "2s", "--poll", "200ms"]);
    expect(run.exitCode).toBe(0);
    const drawn = run.screen.split("\r\u001b[2K");
    expect(drawn).toContainEqual(expect.stringMatching(/^0 delivered · 2 waiting/));
    expect(drawn).toContainEqual(
      expect.stringMatching(/^[\d:.]{12} {2}delivered {2}out\/soon {2}\d+ ms late\r\n/),
    );
    expect(drawn).toContainEqual(expect.stringMatching(/^1 delivered/));
    expect(drawn.at(-1)).toMatch(
      /^Stopped after .*: 1 delivered, 0 dead-lettered, \d+ requests\.\r\n$/,
    );
  });

  it("shows that it goes on when storing takes longer than 2 s", async () => {
    await addSlowStore(place);
    await writeFile(join(place.folder, "large"), Buffer.alloc(5_000_000));
    const slow = [...SCHEDULE, ...SLOW, "-v"];
    const env = { DELAYS_MS: JSON.stringify({ put: 3_200 }) };
    const held = await onTerminal(place, [...slow, "--body", "x"], undefined, env);
    expect(held).toMatchObject({ exitCode: 0, screen: expect.stringContaining("Storing …") });
    const streamed = await onTerminal(place, [...slow, "--file", "large"], undefined, env);
    expect(streamed.screen).toMatch(/Storing …|Sending: .* of 5\.0 MB/);
    expect(streamed.screen.split("\r\u001b[2K").at(-1)).toMatch(/Scheduled for/);
  });

  it("doesn't ask with -y", async () => {
    await place.run([...SCHEDULE, "--body", "x"]);
    const run = await onTerminal(place, ["reschedule", BEGINNING, "--in", "1h", "-y"]);
    expect(run).toMatchObject({ exitCode: 0, screen: expect.stringMatching(/^Moved to /) });
  });
});
