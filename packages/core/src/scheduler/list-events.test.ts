import { describe, expect, it } from "vitest";
import { to, when } from "../test-support/one-event.js";
import { otherCodec } from "../test-support/other-codec.js";
import { testSchedule, writeByHand } from "../test-support/test-schedule.js";
import { recordingStore } from "../testing/faulty-store.js";
import { createScheduler } from "./create-scheduler.js";
import { type EventFilter, mergeSorted } from "./list-events.js";

const IDS = [
  "2026-12-24T12:00:00.000Z|a|x|1",
  "2026-12-24T13:00:00.000Z|a|y/1|2",
  "2026-12-24T13:00:00.000Z|b|y/2|3",
  "2026-12-24T14:00:00.000Z|a|y/3|4",
];

async function listed(filter?: object) {
  const schedule = testSchedule();
  for (const id of [...IDS, "2026-12-24T13:00:00.000Zforeign", "notes.txt"]) {
    await writeByHand(schedule.store, id);
  }
  return (await idsOf(createScheduler(schedule).list(filter))).map((id) => IDS.indexOf(id));
}

async function idsOf(events: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of events) ids.push(id);
  return ids;
}

describe("list()", () => {
  it("gives every waiting event in due order, and no unrecognized object", async () => {
    expect(await listed()).toEqual([0, 1, 2, 3]);
  });

  it.each<[string, EventFilter, number[]]>([
    ["from an instant, inclusive", { from: "2026-12-24T13:00Z" }, [1, 2, 3]],
    ["until an instant, exclusive", { until: "2026-12-24T13:00Z" }, [0]],
    ["between two", { from: "2026-12-24T12:30Z", until: "2026-12-24T13:30Z" }, [1, 2]],
    ["for a bucket", { to: { bucket: "a" } }, [0, 1, 3]],
    ["for a key prefix", { to: { bucket: "a", keyPrefix: "y/" } }, [1, 3]],
    ["after an id", { after: IDS[1] ?? "" }, [2, 3]],
    ["after an id that has gone", { after: "2026-12-24T13:00:00.000Z|b" }, [2, 3]],
    ["after an id before the range", { after: IDS[0], from: "2026-12-24T14:00Z" }, [3]],
    ["at most so many", { limit: 2 }, [0, 1]],
    ["the next ones of a target", { after: IDS[0], limit: 1, to: { bucket: "a" } }, [1]],
  ])("gives those %s", async (_, filter, expected) => {
    expect(await listed(filter)).toEqual(expected);
  });

  it("decides by the instant if a codec's keys are only almost in the order of time", async () => {
    const schedule = testSchedule();
    for (const id of IDS) await writeByHand(schedule.store, id);
    const range = { from: "2026-12-24T12:30Z", until: "2026-12-24T14:00Z" };
    const scheduler = createScheduler({ ...schedule, codec: otherCodec });
    expect(await idsOf(scheduler.list(range))).toEqual(IDS.slice(1, 3));
  });

  it.each<[object, string]>([
    [{ limit: 0 }, "limit"],
    [{ limit: "10" }, "limit"],
    [{ untill: "2026-12-24T13:00Z" }, 'Did you mean "until"?'],
    [{ to: "out/*" }, "to must be"],
    [{ to: { bucket: "out", key: "k" } }, 'A filter\'s to has no option "key".'],
    [{ to: { keyPrefix: "k" } }, "bucket"],
    [{ to: { bucket: "out", keyPrefix: 1 } }, "keyPrefix"],
    [{ after: "nonsense" }, "after"],
    [{ after: 42 }, "after"],
  ])("refuses %j instead of giving no event", async (filter, part) => {
    const message = expect.stringContaining(part);
    await expect(listed(filter)).rejects.toMatchObject({ code: "invalid-option", message });
  });

  it("asks for no page after the last event", async () => {
    const schedule = testSchedule();
    for (const id of IDS) await writeByHand(schedule.store, id);
    let pages = 0;
    const store = recordingStore(
      { ...schedule.store, list: (page, call) => schedule.store.list({ ...page, limit: 2 }, call) },
      when("list", () => pages++),
    );
    const events = createScheduler({ ...schedule, store }).list({ to: { bucket: "a" }, limit: 2 });
    expect(await idsOf(events)).toEqual(IDS.slice(0, 2));
    expect(pages).toBe(1);
  });

  it("asks for the next page only when it is needed", async () => {
    const schedule = testSchedule();
    for (let index = 0; index < 2_500; index++) {
      await writeByHand(schedule.store, `2026-12-24T12:00:00.000Z|a|${index}`, "");
    }
    let pages = 0;
    const store = recordingStore(
      schedule.store,
      when("list", () => pages++),
    );
    const list = createScheduler({ ...schedule, store }).list();
    const events = list[Symbol.asyncIterator]();
    for (let index = 0; index < 1_000; index++) await events.next();
    expect(pages).toBe(1);
    let rest = 0;
    while (!(await events.next()).done) rest += 1;
    expect([rest, pages]).toEqual([1_500, 3]);
  });
});

describe("get() and open()", () => {
  it("show a waiting event and its body", async () => {
    const scheduler = createScheduler(testSchedule());
    const event = { at: "2026-12-24T13:00Z", to, deliveryId: "id" } as const;
    const { id } = await scheduler.schedule({ ...event, json: 42, metadata: { user: "ann" } });
    expect(await scheduler.get(id)).toEqual({
      id,
      at: new Date("2026-12-24T13:00:00.000Z"),
      to,
      size: 2,
      writtenAt: new Date("2026-12-24T12:00:00.000Z"),
      deliveryId: "id",
      contentType: "application/json",
      metadata: { user: "ann" },
    });
    expect(await new Response(await scheduler.open(id)).text()).toBe("42");
  });

  it("give undefined for an event that doesn't wait", async () => {
    const scheduler = createScheduler(testSchedule());
    expect(await scheduler.get("2026-12-24T13:00:00.000Z|b|k")).toBeUndefined();
    expect(await scheduler.open("2026-12-24T13:00:00.000Z|b|k")).toBeUndefined();
  });
});

async function* source(keys: string, onEnd = () => {}) {
  try {
    for (const key of keys) yield key;
  } finally {
    onEnd();
  }
}

async function merged(...sources: readonly string[]): Promise<string> {
  let all = "";
  const each = sources.map((keys) => source(keys));
  for await (const key of mergeSorted(each, (one) => one)) all += key;
  return all;
}

describe("mergeSorted()", () => {
  it("gives once what is in two sequences", async () => {
    expect(await merged("adf", "be", "", "c")).toBe("abcdef");
    expect(await merged("abc", "bc", "b")).toBe("abc");
    expect(await merged()).toBe("");
  });

  it("ends every source when the caller stops", async () => {
    let ended = 0;
    const sources = ["ac", "bd"].map((keys) => source(keys, () => (ended += 1)));
    for await (const key of mergeSorted(sources, (one) => one)) if (key === "b") break;
    expect(ended).toBe(2);
  });
});
