import { describe, expect, it } from "vitest";
import { addModule, byModule, scheduleDue } from "../testing/adapter-modules.js";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

const FUTURE = "2096-11-25T08:00:00.000Z";
const LATER = "2096-12-24T08:00:00.000Z";

/** Schedules events of two orders, an hour apart. */
async function scheduleOrders(): Promise<void> {
  const ids = ["order-42/mail", "order-42/call", "order-43/mail", "order-42"];
  for (const [index, id] of ids.entries()) {
    const at = `2096-11-25T0${index + 5}:00Z`;
    await place.run(
      `schedule --at ${at} --to reminders/${index}.json --delivery-id ${id} --body x`,
    );
  }
}

const scheduleOne = (deliveryId: string) =>
  place.run(`schedule --at ${FUTURE} --to a/b --delivery-id ${deliveryId} --body x`);

/** The delivery ids of the waiting events. */
async function waiting(): Promise<string[]> {
  const ids = (await place.run("list --ids")).stdout.split("\n").filter(Boolean);
  return ids.map((id) => id.split("|")[3] ?? "").sort();
}

const objects = (stdout: string) =>
  stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe("keywhen find", () => {
  const found = async (args: string) =>
    (await place.run(`find ${args} --json`)).stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).deliveryId)
      .sort();

  it("gives the events of a delivery id, of those that begin alike, or of a target", async () => {
    await scheduleOrders();
    expect(await found("--delivery-id order-42")).toEqual(["order-42"]);
    expect(await found("--delivery-id order-42/*")).toEqual(["order-42/call", "order-42/mail"]);
    expect(await found("--delivery-id order-42* --until 2096-11-25T06:00Z")).toEqual([
      "order-42/mail",
    ]);
    expect(await found("--to reminders/2.json")).toEqual(["order-43/mail"]);
    expect(await found("--to reminders --limit 3")).toHaveLength(3);
    expect(await found("--delivery-id order")).toEqual([]);
  });

  it("prints a line for each, or ids", async () => {
    await scheduleOne("order-42");
    const id = `${FUTURE}|a|b|order-42\n`;
    expect((await place.run("find --delivery-id order-42")).stdout).toMatch(/ 1 B {3}a\/b\n$/);
    expect((await place.run("find --delivery-id order-42 --ids")).stdout).toBe(id);
    expect((await place.run("find --delivery-id order-42 -q")).stdout).toBe(id);
  });

  it("finds only the whole key of a target without a star", async () => {
    await place.run(`schedule --at ${FUTURE} --to a/bc --body x`);
    expect(await found("--to a/b")).toEqual([]);
    expect(await found("--to a/b*")).toHaveLength(1);
  });

  it.each([
    ["", "Neither a delivery id nor a target is given."],
    ["--delivery-id x --to a", "Both --delivery-id and --to are given."],
    ["--delivery-id *", '(got "*")'],
    ["--delivery-id a*b", '(got "a*b")'],
    ["--delivery-id x --limit 0", "--limit must be a whole number"],
    ["--delivery-id x --from +2h --until +1h", "--from must be before --until"],
    ["--to s3://a/b", "is not a valid target"],
  ])("exits 2 for %s", async (args, part) => {
    const run = await place.run(`find ${args}`.trim());
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(part);
  });
});

describe("keywhen cancel --delivery-id", () => {
  it("cancels a group, and nothing else", async () => {
    await scheduleOrders();
    expect(await place.run("cancel --delivery-id order-42/*")).toEqual({
      exitCode: 0,
      stdout: "Cancelled 2 events whose delivery id begins with order-42/.\n",
      stderr: "",
    });
    expect(await waiting()).toEqual(["order-42", "order-43/mail"]);
    const run = await place.run("cancel --delivery-id order-42");
    expect(run.stdout).toBe("Cancelled 1 event with the delivery id order-42.\n");
    expect(await waiting()).toEqual(["order-43/mail"]);
  });

  it("cancels only those in a range of time", async () => {
    await scheduleOrders();
    const args = ["--from", "2096-11-25T05:30Z", "--until", "2096-11-25T07:00Z"];
    await place.run(["cancel", "--delivery-id", "order-4*", ...args]);
    expect(await waiting()).toEqual(["order-42", "order-42/mail", "order-43/mail"]);
  });

  it("prints each outcome and the totals with --json, and exits 3 if nothing matches", async () => {
    await scheduleOne("order-42");
    const id = `${FUTURE}|a|b|order-42`;
    const first = await place.run("cancel --delivery-id order-42 --json");
    const none = { cancelled: 0, "not-found": 0, "too-late": 0, undecided: 0, failed: 0 };
    expect(objects(first.stdout)).toEqual([
      { outcome: "cancelled", id },
      { totals: { ...none, cancelled: 1 } },
    ]);
    const second = await place.run("cancel --delivery-id order-42 --json");
    expect(second.exitCode).toBe(3);
    expect(objects(second.stdout)).toEqual([{ outcome: "not-found" }]);
    const third = await place.run("cancel --delivery-id order-42");
    expect(third).toMatchObject({ exitCode: 3, stdout: "" });
    expect(third.stderr).toContain("No event with the delivery id order-42 waits.");
  });

  it("exits 6 if it is too late for some, and 4 if for all", async () => {
    await place.run("schedule --at 2026-01-01T00:00Z --to a/b --body x");
    const overdue = (await place.run("list --ids")).stdout.trim();
    const deliveryId = overdue.split("|")[3] ?? "";
    const late = await place.run(`cancel --delivery-id ${deliveryId}`);
    expect(late).toMatchObject({ exitCode: 4 });
    expect(late.stdout).toBe(`Cancelled 0 of 1 event with the delivery id ${deliveryId}.\n`);
    expect(late.stderr).toContain(`too late: '${overdue}' closed at`);
    await scheduleOne(`${deliveryId}-2`);
    const some = await place.run(`cancel --delivery-id ${deliveryId}*`);
    expect(some).toMatchObject({ exitCode: 6 });
    expect(some.stdout).toContain("Cancelled 1 of 2 events");
  });

  it("cancels what is due with --overdue", async () => {
    await scheduleDue(place, 5);
    const ids = (await place.run("list --ids")).stdout.split("\n").filter(Boolean);
    for (const id of ids) {
      const run = await place.run(["cancel", "--overdue", "--delivery-id", id.split("|")[3] ?? ""]);
      expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    }
    expect(await waiting()).toEqual([]);
  });

  it("changes nothing with --dry-run", async () => {
    await scheduleOrders();
    const run = await place.run("cancel --delivery-id order-42* -n");
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: "Would cancel 3 events whose delivery id begins with order-42.\n",
    });
    expect(await waiting()).toHaveLength(4);
  });

  it("stops when the store refuses, and says so once", async () => {
    for (let index = 0; index < 40; index++) await scheduleOne(`order-42/${index}`);
    await addModule(
      place,
      "refusing-store",
      `export const open = async (url, env) => {
  const home = await openFolder(url, env);
  const store = wrapStore(home.store, async ({ kind, bucket, key }, call, send) => {
    if (kind !== "delete") return send(call);
    throw new ObjectStoreError({ code: "denied", operation: kind, bucket, key, message: "no" });
  });
  return { ...home, store };
};`,
    );
    const group = ["--delivery-id", "order-42/*"];
    const run = await place.run(["cancel", ...group, ...byModule("refusing-store")]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr.trim().split("\n")).toHaveLength(1);
    expect(run.stdout).toMatch(/^Cancelled 0 of \d+ events? whose/);
    expect(await waiting()).toHaveLength(40);
  });

  it.each([
    ["", "No event is given."],
    [`${FUTURE}|a|b|c --delivery-id c`, "Both an id and --delivery-id are given."],
    [`${FUTURE}|a|b|c --until +1h`, "--until is given without --delivery-id."],
    [`${FUTURE}|a|b|c --from +1h`, "--from is given without --delivery-id."],
    ["--delivery-id *", '(got "*")'],
  ])("exits 2 for %s", async (args, part) => {
    await scheduleOrders();
    const run = await place.run(`cancel ${args}`.trim());
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(part);
    expect(await waiting()).toHaveLength(4);
  });
});

describe("keywhen reschedule --delivery-id", () => {
  it("moves a group to one instant, and prints the new ids with -q", async () => {
    await scheduleOrders();
    const run = await place.run(`reschedule --delivery-id order-42/* --at ${LATER}`);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toBe("Moved 2 events whose delivery id begins with order-42/.\n");
    const ids = (await place.run("list --ids")).stdout.split("\n").filter(Boolean);
    expect(ids.filter((id) => id.startsWith(LATER))).toHaveLength(2);
    const again = await place.run(`reschedule --delivery-id order-42/* --at ${FUTURE} -q`);
    expect(again.stdout.trim().split("\n").sort()).toEqual(
      (await place.run(`list --ids --until 2096-12-01T00:00Z`)).stdout
        .split("\n")
        .filter((id) => id.includes("|order-42/"))
        .sort(),
    );
  });

  it("changes nothing with --dry-run", async () => {
    await scheduleOrders();
    const run = await place.run(`reschedule --delivery-id order-42/* --at ${LATER} -n`);
    expect(run.stdout).toBe("Would move 2 events whose delivery id begins with order-42/.\n");
    expect((await place.run("list --ids")).stdout).not.toContain(LATER);
  });

  it.each([
    ["--delivery-id x --in 1h --body y", "A payload is given with --delivery-id."],
    ["--delivery-id x --body y", "A payload is given with --delivery-id."],
    ["--delivery-id x", "Neither a time nor a payload is given."],
    ["--in 1h", "No event is given."],
    ["--delivery-id x --at 2026-01-01T00:00Z", "in the past"],
  ])("exits 2 for %s", async (args, part) => {
    const run = await place.run(`reschedule ${args}`);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(part);
  });
});
