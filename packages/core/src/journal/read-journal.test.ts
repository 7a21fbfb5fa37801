import { describe, expect, it } from "vitest";
import { storeError, type TestSchedule, testSchedule } from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { type ReadJournalOptions, readJournal, type SkippedPart } from "./read-journal.js";

const NOON_MS = Date.UTC(2026, 11, 24, 12);
const PREFIX = "keywhen/journal/";
const ALL = { until: "2027-01-01T00:00:00Z" };
const nameOf = (time: string, token = "000000000000") => `2026/12/24/${time}Z-${token}.ndjson`;

function lineAt(offsetMs: number, key: string): string {
  const at = new Date(NOON_MS + offsetMs).toISOString();
  const dueAt = new Date(NOON_MS).toISOString();
  const id = `${dueAt}|out|${key}|id`;
  const target = { bucket: "out", key };
  return `${JSON.stringify({ v: 1, at, outcome: "delivered", id, dueAt, target })}\n`;
}

async function put({ store }: TestSchedule, name: string, text: string): Promise<void> {
  await store.put({ bucket: "schedule", key: PREFIX + name }, new TextEncoder().encode(text));
}

async function read(schedule: TestSchedule, options: ReadJournalOptions = ALL) {
  const skipped: SkippedPart[] = [];
  const keys: string[] = [];
  const onSkipped = (part: SkippedPart) => void skipped.push(part);
  for await (const { target } of readJournal(schedule, { onSkipped, ...options }))
    keys.push(target.key);
  return { keys, skipped };
}

describe("readJournal()", () => {
  it("gives the entries of overlapping parts in order of time", async () => {
    const schedule = testSchedule();
    const line = (seconds: number) => lineAt(seconds * 1_000, String(seconds));
    await put(schedule, nameOf("120000.000"), line(0) + line(30) + line(59));
    await put(schedule, nameOf("120010.000"), line(10) + line(31) + line(69));
    await put(schedule, nameOf("120010.000", "000000000001"), line(10) + line(60));
    await put(schedule, nameOf("120200.000"), line(120));
    const { keys, skipped } = await read(schedule);
    expect(keys).toEqual(["0", "10", "10", "30", "31", "59", "60", "69", "120"]);
    expect(skipped).toEqual([]);
  });

  it("reads only the parts that can have entries of a range of time", async () => {
    const schedule = testSchedule();
    for (let hour = 0; hour < 24; hour++) {
      const time = `${String(hour).padStart(2, "0")}0000.000`;
      await put(schedule, nameOf(time), lineAt((hour - 12) * 3_600_000, String(hour)));
    }
    const sent: string[] = [];
    const store = recordingStore(schedule.store, ({ kind }) => sent.push(kind));
    const since = "2026-12-24T05:00:30Z";
    const until = "2026-12-24T08:00:00Z";
    expect((await read({ ...schedule, store }, { since, until })).keys).toEqual(["6", "7"]);
    expect(sent).toEqual(["list", "get", "get", "get"]);
    expect((await read(schedule, { until })).keys).toHaveLength(8);
    expect((await read(schedule, { since: until, until: since })).keys).toEqual([]);
    expect((await read(schedule, { since: "0000-01-01T00:00:00Z", until })).keys).toHaveLength(8);
    expect((await read(schedule, {})).keys).toHaveLength(12); // until now
  });

  it("ends before the instant that it is given, also within a part", async () => {
    const schedule = testSchedule();
    const text = lineAt(0, "a") + lineAt(29_999, "b") + lineAt(30_000, "c");
    await put(schedule, nameOf("120000.000"), text);
    expect((await read(schedule, { until: "2026-12-24T12:00:30Z" })).keys).toEqual(["a", "b"]);
  });

  it("finds an event that a sweeper saw before its due instant, because its clock was behind", async () => {
    const schedule = testSchedule();
    const id = `${new Date(NOON_MS).toISOString()}|out|a|id`;
    await put(schedule, nameOf("115930.000"), lineAt(-30_000, "a"));
    expect((await read(schedule, { ...ALL, id })).keys).toEqual(["a"]);
  });

  it("skips what is not the journal's, and says what that is", async () => {
    const schedule = testSchedule();
    await put(schedule, "2026/12/24/notes.txt", "x");
    const torn = lineAt(0, "a").slice(0, 40);
    const late = lineAt(60_000, "late");
    await put(
      schedule,
      nameOf("120000.000"),
      `${lineAt(0, "a")}\n${torn}\n${late}${lineAt(1, "b")}`,
    );
    const { store } = schedule;
    const huge = {
      ...store,
      list: async (...call: Parameters<typeof store.list>) => {
        const page = await store.list(...call);
        const { lastModified } = page.objects[0] ?? { lastModified: new Date() };
        const key = PREFIX + nameOf("115900.000");
        return { ...page, objects: [{ key, size: 20_000_000, lastModified }, ...page.objects] };
      },
    };
    const { keys, skipped } = await read({ ...schedule, store: huge });
    expect(keys).toEqual(["a", "b"]);
    const key = PREFIX + nameOf("120000.000");
    expect(skipped).toEqual([
      { key: PREFIX + nameOf("115900.000"), line: undefined, why: "is too large" },
      { key: `${PREFIX}2026/12/24/notes.txt`, line: undefined, why: "is not a key of the journal" },
      { key, line: 3, why: "is not a JSON object" },
      { key, line: 4, why: "is not of the minute of its object" },
    ]);
    for await (const entry of readJournal(schedule, ALL)) expect(entry.outcome).toBe("delivered");
  });

  it("skips a part that grew too large or went away since it was listed", async () => {
    const schedule = testSchedule();
    await put(schedule, nameOf("120000.000"), lineAt(0, "a"));
    await put(schedule, nameOf("120001.000"), lineAt(1_000, "b"));
    const { store } = schedule;
    const changing = {
      ...store,
      get: async (...call: Parameters<typeof store.get>) => {
        if (call[0].key.endsWith(nameOf("120000.000"))) return undefined;
        const opened = await store.get(...call);
        return opened && { ...opened, size: 20_000_000 };
      },
    };
    expect((await read({ ...schedule, store: changing })).keys).toEqual([]);
  });

  it("fetches eight parts at the same time, and keeps few in memory", async () => {
    const schedule = testSchedule();
    for (let second = 10; second < 60; second++) {
      await put(schedule, nameOf(`1200${second}.000`), lineAt(second * 1_000, String(second)));
    }
    let [started, most] = [0, 0];
    const store = recordingStore(schedule.store, ({ kind }) => {
      if (kind === "get") started += 1;
    });
    let seen = 0;
    for await (const entry of readJournal({ ...schedule, store }, ALL)) {
      expect(entry.target.key).toBe(String(10 + seen));
      seen += 1;
      most = Math.max(most, started - seen);
    }
    expect([seen, most]).toEqual([50, 8]);
  });

  it("finds the entries of one event, a wake-up as well", async () => {
    const schedule = testSchedule();
    await put(schedule, nameOf("120000.000"), lineAt(0, "a") + lineAt(1, "b") + lineAt(2, "a"));
    const id = "2026-12-24T12:00:00.000Z|out|a|id";
    expect((await read(schedule, { ...ALL, id })).keys).toEqual(["a", "a"]);
    const since = "2026-12-24T12:00:00.001Z";
    expect((await read(schedule, { ...ALL, since, id })).keys).toEqual(["a"]);
    const wakeUp = "2026-12-24T12:00:00.000Z|out|a|daily@1~ghijklmn";
    expect((await read(schedule, { ...ALL, id: wakeUp })).keys).toEqual([]);
    expect(() => readJournal(schedule, { id: "hello" })).toThrow('"hello" is not an event\'s id');
    const noText = 5 as unknown as string;
    expect(() => readJournal(schedule, { id: noText })).toThrow("5 is not an event's id");
  });

  it("throws what the store throws, and aborts", async () => {
    const schedule = testSchedule();
    await put(schedule, nameOf("120000.000"), lineAt(0, "a"));
    for (const denied of ["list", "get"]) {
      const store = faultyStore(schedule.store, {
        before: ({ kind }) => (kind === denied ? storeError("denied", kind) : undefined),
      });
      await expect(read({ ...schedule, store })).rejects.toMatchObject({ code: "denied" });
    }
    const signal = AbortSignal.abort();
    await expect(read(schedule, { ...ALL, signal })).rejects.toMatchObject({ code: "aborted" });
  });

  it("refuses options that it does not know", () => {
    const schedule = testSchedule();
    const wrong = { from: "2026-12-24T12:00:00Z" } as ReadJournalOptions;
    expect(() => readJournal(schedule, wrong)).toThrow("from");
    const onSkipped = "log" as unknown as () => void;
    expect(() => readJournal(schedule, { onSkipped })).toThrow("onSkipped must be a function");
  });
});
