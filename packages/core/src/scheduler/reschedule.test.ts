import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead-letters/dead-letters.js";
import {
  CLOSES,
  schedulerOnFaulty,
  schedulerWith,
  scheduleWithEvent,
  when,
} from "../test-support/one-event.js";
import {
  failFirst,
  storeError,
  testSchedule,
  textOf,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";
import { recordingStore } from "../testing/faulty-store.js";
import { createScheduler } from "./create-scheduler.js";

const LATER = "2026-12-24T15:00:00.000Z";

const scheduled = (schedule = testSchedule()) =>
  scheduleWithEvent(
    { body: "hello", contentType: "text/plain", metadata: { user: "ann" } },
    schedule,
  );

describe("reschedule()", () => {
  it("moves an event with its body, headers and delivery id", async () => {
    const { schedule, id, deliveryId } = await scheduled();
    const result = await createScheduler(schedule).reschedule(id, { at: LATER });
    expect(result).toMatchObject({ outcome: "rescheduled", at: new Date(LATER) });
    const [moved = "", ...others] = await waitingIn(schedule.store);
    expect(others).toEqual([]);
    expect(moved).toMatch(new RegExp(`^${LATER}\\|out\\|k\\|${deliveryId}~[0-9a-f]{8}$`));
    const key = `keywhen/pending/${moved}`;
    expect(await textOf(schedule.store, "schedule", key)).toBe("hello");
    expect(await schedule.store.head({ bucket: "schedule", key })).toMatchObject({
      contentType: "text/plain",
      metadata: { user: "ann", "keywhen-id": deliveryId, "keywhen-at": LATER },
    });
  });

  it("gives another key for each further move", async () => {
    const { schedule, id } = await scheduled();
    const scheduler = createScheduler(schedule);
    const there = await scheduler.reschedule(id, { at: LATER });
    if (there.outcome !== "rescheduled") throw new Error(there.outcome);
    const back = await scheduler.reschedule(there.id, { at: "2026-12-24T13:00Z" });
    if (back.outcome !== "rescheduled") throw new Error(back.outcome);
    expect(back.id).not.toBe(id);
    expect(back.id.replace(/~.*/, "")).toBe(id);
  });

  it("keeps the metadata unchanged if the store can't write it", async () => {
    const { schedule, id, deliveryId } = await scheduled();
    const scheduler = schedulerWith(schedule, {
      async copy(source, target, options) {
        if (options?.metadata !== undefined) throw storeError("not-supported", "copy");
        return schedule.store.copy(source, target, options);
      },
    });
    const result = await scheduler.reschedule(id, { at: LATER });
    expect(result).toMatchObject({ outcome: "rescheduled", at: new Date(LATER) });
    const [moved = "", ...others] = await waitingIn(schedule.store);
    expect(others).toEqual([]);
    expect(moved).toContain(`${LATER}|out|k|${deliveryId}~`);
    const key = `keywhen/pending/${moved}`;
    expect(await textOf(schedule.store, "schedule", key)).toBe("hello");
    expect(await schedule.store.head({ bucket: "schedule", key })).toMatchObject({
      metadata: { user: "ann", "keywhen-id": deliveryId },
    });
  });

  it("makes a delivery id of the old id of an event that has none", async () => {
    const schedule = testSchedule();
    const id = "2026-12-24T13:00:00.000Z|out|k";
    await writeByHand(schedule.store, id, "by hand");
    const result = await createScheduler(schedule).reschedule(id, { at: LATER });
    expect(result).toMatchObject({ id: expect.stringMatching(/\|out\|k\|[0-9a-f]{12}$/) });
    const [moved = ""] = await waitingIn(schedule.store);
    const info = await schedule.store.head({ bucket: "schedule", key: `keywhen/pending/${moved}` });
    expect(info?.metadata["keywhen-id"]).toBe(moved.slice(-12));
  });

  it("changes nothing if the event is due then, has gone, or has closed", async () => {
    const { schedule, id } = await scheduled();
    const scheduler = createScheduler(schedule);
    const same = await scheduler.reschedule(id, { at: "2026-12-24T13:00Z" });
    expect(same).toEqual({ outcome: "unchanged", id });
    const other = await scheduler.reschedule(id.replace("|k|", "|other|"), { at: LATER });
    expect(other).toEqual({ outcome: "not-found" });
    schedule.clock.set(CLOSES);
    const closed = await scheduler.reschedule(id, { at: LATER });
    expect(closed).toEqual({ outcome: "too-late", closedAt: new Date(CLOSES) });
    expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it("refuses an instant that is closer than the guard", async () => {
    const { schedule, id } = await scheduled();
    const moving = createScheduler(schedule).reschedule(id, { in: "4s" });
    await expect(moving).rejects.toMatchObject({ code: "invalid-time" });
    expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it("needs an instant to come, but no guard, if store and callers read one clock", async () => {
    const { schedule, id } = await scheduled(testSchedule({ clock: "shared" }));
    const scheduler = createScheduler(schedule);
    const past = scheduler.reschedule(id, { in: "0s" });
    await expect(past).rejects.toMatchObject({ code: "invalid-time" });
    expect(await scheduler.reschedule(id, { in: "1ms" })).toMatchObject({ outcome: "rescheduled" });
  });

  it("is undecided with both ids if the delete is not answered; calling again finishes it", async () => {
    const { schedule, id } = await scheduled();
    const error = storeError("unavailable", "delete");
    const scheduler = schedulerOnFaulty(schedule, { before: failFirst("delete", 5, error) });
    const first = scheduler.reschedule(id, { at: LATER });
    await schedule.clock.advance("1m");
    const broken = await first;
    expect(broken).toMatchObject({ outcome: "undecided", id, error });
    const newId = "newId" in broken ? broken.newId : "";
    expect(await waitingIn(schedule.store)).toEqual([id, newId]);
    const second = await scheduler.reschedule(id, { at: LATER });
    expect(second).toMatchObject({ outcome: "rescheduled", id: newId });
    expect(await waitingIn(schedule.store)).toEqual([newId]);
  });

  it("is undecided if the delete is denied", async () => {
    const { schedule, id } = await scheduled();
    const before = failFirst("delete", 1, storeError("denied", "delete"));
    const result = await schedulerOnFaulty(schedule, { before }).reschedule(id, { at: LATER });
    expect(result).toMatchObject({ outcome: "undecided" });
  });

  it.each([
    ["too-late", "before", "get", 1],
    ["too-late", "before", "head", 1],
    ["undecided", "after", "copy", 2],
    ["undecided", "after", "delete", 1],
  ] as const)("is %s if it closes %s the %s, and leaves %d", async (outcome, side, kind, left) => {
    const { schedule, id } = await scheduled();
    schedule.clock.set("2026-12-24T12:59:55.500Z");
    const faults = { [side]: when(kind, () => schedule.clock.set(CLOSES)) };
    const result = await schedulerOnFaulty(schedule, faults).reschedule(id, { at: LATER });
    expect(result).toMatchObject({ outcome });
    expect(await waitingIn(schedule.store)).toHaveLength(left);
    if (outcome === "too-late") expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it("is undecided if the copy is never answered, and the old event stays", async () => {
    const { schedule, id } = await scheduled();
    const error = storeError("unavailable", "copy");
    const after = failFirst("copy", 9, error);
    const moving = schedulerOnFaulty(schedule, { after }).reschedule(id, { at: LATER });
    await schedule.clock.advance("1m");
    expect(await moving).toMatchObject({ outcome: "undecided", id, error });
    expect(await waitingIn(schedule.store)).toContain(id);
  });

  it("changes nothing if the copy is refused", async () => {
    const { schedule, id } = await scheduled();
    const before = failFirst("copy", 1, storeError("denied", "copy"));
    const moving = schedulerOnFaulty(schedule, { before }).reschedule(id, { at: LATER });
    await expect(moving).rejects.toMatchObject({ code: "denied" });
    expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it("finds no event that another call cancels between HEAD and copy", async () => {
    const { schedule, id, key } = await scheduled();
    let kinds = "";
    const store = recordingStore(schedule.store, ({ kind }) => {
      kinds += `${kind} `;
      if (kind === "copy") void schedule.store.delete("schedule", [key]);
    });
    const result = await createScheduler({ ...schedule, store }).reschedule(id, { at: LATER });
    expect(result).toEqual({ outcome: "not-found" });
    expect(kinds).toBe("get head copy ");
  });
});

describe("reschedule() and redrive()", () => {
  it.each(["to", "deliveryId", "window", "expiresAfter"])("refuse to change %s", async (name) => {
    const { schedule, id } = await scheduled();
    const change = { in: "2h", json: 1, [name]: "x" } as never;
    const refused = { code: "invalid-option", message: expect.stringContaining(name) };
    await expect(createScheduler(schedule).reschedule(id, change)).rejects.toMatchObject(refused);
    await expect(createDeadLetters(schedule).redrive(id, change)).rejects.toMatchObject(refused);
    expect(await waitingIn(schedule.store)).toEqual([id]);
  });

  it.each([
    ["invalid-option", { in: "2h", nonsense: 1 }],
    ["invalid-time", "2026-12-24T15:00Z"],
    ["invalid-time", new Date()],
    ["invalid-time", null],
    ["invalid-time", {}],
  ])("throw %s for %j as a time", async (code, time) => {
    const { schedule, id } = await scheduled();
    const moving = createScheduler(schedule).reschedule(id, time as never);
    await expect(moving).rejects.toMatchObject({ code });
    const redriving = createDeadLetters(schedule).redrive(id, time as never);
    await expect(redriving).rejects.toMatchObject({ code });
  });

  it("throws invalid-time without a time", async () => {
    const { schedule, id } = await scheduled();
    const moving = createScheduler(schedule).reschedule(id, undefined as never);
    await expect(moving).rejects.toMatchObject({ code: "invalid-time" });
  });
});

describe("redrive()", () => {
  it.each(["json", "body", "metadata", "contentType"])(
    "refuses %s next to the time",
    async (name) => {
      const { schedule, id } = await scheduled();
      const redriving = createDeadLetters(schedule).redrive(id, { in: "2h", [name]: "x" } as never);
      const refused = { code: "invalid-option", message: expect.stringContaining(name) };
      await expect(redriving).rejects.toMatchObject(refused);
    },
  );
});
