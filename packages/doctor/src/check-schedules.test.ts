import type { Finding, StoreRequest } from "@keywhen/core/store";
import { faultyStore, recordingStore } from "@keywhen/core/testing";
import { createSchedules } from "@keywhen/recurring";
import { describe, expect, it } from "vitest";
import {
  keysOf,
  storeError,
  testSchedule,
  writeByHand,
} from "../../core/src/test-support/test-schedule.js";
import { examine, named } from "./testing/examine.js";

const DAILY = { cron: "0 13 * * *", to: { bucket: "out", key: "daily" }, body: "x" };
const name = "recurring schedules";

type Home = ReturnType<typeof testSchedule>;

/** The findings about schedules, each as its status, detail and hint. */
async function findingsOf(home: Home, options: object = {}): Promise<Finding[]> {
  const examined = examine({ ...home, ...options });
  let isOver = false;
  void examined.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    if (home.clock.sleepers > 0) await home.clock.advance("1s");
  }
  return (await examined).filter((finding) => finding.name === name);
}

async function withSchedules(...names: readonly string[]): Promise<Home> {
  const home = testSchedule();
  for (const one of names) await createSchedules(home).put(one, DAILY);
  return home;
}

async function loseWakeUps(home: Home): Promise<void> {
  const keys = await keysOf(home.store, "schedule");
  const lost = keys.filter((key) => key.includes("/pending/"));
  await home.store.delete("schedule", lost);
}

describe("the recurring schedules", () => {
  it("are reported only if there are any", async () => {
    expect(await findingsOf(await withSchedules())).toEqual([]);
    expect(await findingsOf(await withSchedules("a", "b"))).toEqual([
      { name, status: "ok", detail: "2" },
    ]);
  });

  it("fail if a wake-up is missing, and name the first three", async () => {
    const home = await withSchedules("a", "b", "c", "d");
    await loseWakeUps(home);
    expect(await findingsOf(home)).toMatchObject([
      { status: "fail", detail: expect.stringContaining('"a", "b", "c" and 1 more is missing') },
    ]);
  });

  it("have their missing wake-ups stored again on demand", async () => {
    const home = await withSchedules("a", "b");
    const before = await keysOf(home.store, "schedule");
    await loseWakeUps(home);
    const detail = "stored the missing wake-ups of 2";
    expect(await findingsOf(home, { repair: true })).toEqual([{ name, status: "ok", detail }]);
    expect(await keysOf(home.store, "schedule")).toEqual(before);
    expect(await findingsOf(home, { repair: true })).toEqual([{ name, status: "ok", detail: "2" }]);
  });

  it("fail one by one for different problems", async () => {
    const home = await withSchedules("stale");
    home.clock.set("2026-12-24T14:00:00Z");
    await writeDefinition(home, "damaged");
    await createSchedules(home).put("large", { ...DAILY, body: "x".repeat(20_000) });
    const bodies = await keysOf(home.store, "schedule");
    await home.store.delete(
      "schedule",
      bodies.filter((key) => key.includes("/payloads/")),
    );
    expect(await findingsOf(home, { repair: true })).toMatchObject([
      { status: "fail", detail: 'the definition of "damaged" can\'t be read' },
      { status: "fail", detail: expect.stringContaining('the body of "large" is missing') },
      { status: "fail", detail: expect.stringContaining("due since 2026-12-24T13:00:00.000Z") },
    ]);
  });

  it("are a warning if a wrong clock has set one far ahead", async () => {
    const home = await withSchedules();
    home.clock.set("2030-01-01T00:00:00Z");
    await createSchedules(home).put("ahead", DAILY);
    home.clock.set("2026-12-24T12:00:00Z");
    const detail =
      'the next occurrence of "ahead" is at 2030-01-01T13:00:00.000Z, although its rule has earlier ones that were not skipped';
    expect(await findingsOf(home)).toMatchObject([{ status: "warn", detail }]);
  });

  it("are a warning if this identity can't read them", async () => {
    const home = await withSchedules("a");
    const before = ({ kind, key }: StoreRequest) =>
      key?.endsWith("schedules/") ? storeError("denied", kind) : undefined;
    const store = faultyStore(home.store, { before });
    expect(await findingsOf({ ...home, store })).toMatchObject([{ status: "warn" }]);
  });

  it("send no request to a store that can't have any", async () => {
    const home = await withSchedules("a");
    const keys: (string | undefined)[] = [];
    const recorded = recordingStore(home.store, ({ key }) => keys.push(key));
    const capabilities = { ...recorded.capabilities, putIfVersion: false };
    expect(await findingsOf({ ...home, store: { ...recorded, capabilities } })).toEqual([]);
    expect(keys.filter((key) => key?.includes("schedules"))).toEqual([]);
  });
});

describe("a wake-up", () => {
  it("is no unrecognized object, and its lag counts", async () => {
    const home = testSchedule();
    await writeByHand(home.store, "2026-12-24T11:00:00.000Z|out|k|daily@start~ghijklmn");
    expect(named(await examine(home), "lag")).toMatchObject({
      status: "fail",
      detail: "the oldest due event has waited for 60 min",
    });
  });
});

function writeDefinition({ store }: Home, one: string) {
  const ref = { bucket: "schedule", key: `keywhen/schedules/${one}` };
  return store.put(ref, new TextEncoder().encode("{}"));
}
