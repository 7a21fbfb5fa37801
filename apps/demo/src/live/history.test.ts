import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScheduler, createSweeper, type ScheduleLocation } from "@keywhen/core";
import type { Destination } from "@keywhen/core/destination";
import { systemClock } from "@keywhen/core/internal";
import { memoryStore } from "@keywhen/core/testing";
import { openSchedule } from "@keywhen/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DeliveryPage, type EventPage, KEPT_DELIVERIES } from "../api/events.js";
import type { DemoState } from "../api/state.js";
import { createDeliveries } from "../deliveries.js";
import { inAddress, startDemo, type TestDemo } from "../testing/start-demo.js";
import { History } from "./history.js";
import { createLiveHub } from "./live-hub.js";
import { createObstacles } from "./obstacles.js";

const NOW_MS = Date.UTC(2026, 11, 24, 12);
const MINUTE_MS = 60_000;

let folder: string;
let storeUrl: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keywhen-demo-"));
  storeUrl = `file:${join(folder, "data")}`;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function deliveredOf(demo: TestDemo, count: number) {
  const load = () => demo.call<DeliveryPage>("/api/delivered");
  await expect.poll(async () => (await load()).deliveries.length).toBe(count);
  return (await load()).deliveries;
}

describe("a server that starts again", () => {
  it("still has what was delivered, and how late", async () => {
    const first = await startDemo({ storeUrl });
    const due = { bucket: "inbox", at: "2020-01-01T00:00Z" };
    const { id } = await first.schedule({ ...due, key: "a.txt" }, "hello");
    await first.call("/api/sweeper/sweep", "POST");
    const [before] = await deliveredOf(first, 1);
    await first[Symbol.asyncDispose]();

    await using second = await startDemo({ storeUrl });
    await using page = second.listen();
    const after = await deliveredOf(second, 1);
    expect(after).toMatchObject([
      { ...before, by: "journal", sweeper: expect.stringMatching(/ pid \d+$/) },
    ]);
    const state = await second.call<DemoState>("/api/state");
    expect([state.counts.delivered, state.historyTrouble]).toEqual([1, undefined]);
    await page.until("state", (event) => event.state.counts.delivered === 1);
    const address = `/api/delivered/${inAddress(id)}`;
    expect(await second.call(address)).toMatchObject({ object: "there", size: 5 });
    expect(await (await second.fetch(`${address}/body`)).text()).toBe("hello");
  });

  it("says why an event still waits, and what a destination took", async () => {
    await using opened = await openSchedule(storeUrl, {});
    const home = { store: opened.store, bucket: opened.bucket, root: opened.root };
    const scheduler = createScheduler(home);
    const at = "2020-01-01T00:00Z";
    const failing = await scheduler.schedule({ at, to: { bucket: "hooks", key: "failing" } });
    const taken = await scheduler.schedule({ at, to: { bucket: "hooks", key: "taken" } });
    const deliver: Destination["deliver"] = async ({ key }) =>
      key === "failing" ? { outcome: "failed", message: "no receiver" } : { outcome: "delivered" };
    const sweeper = createSweeper({ ...home, journal: true, destinations: { hooks: { deliver } } });
    await sweeper.sweep();

    await using demo = await startDemo({ storeUrl });
    expect(await deliveredOf(demo, 1)).toMatchObject([{ id: taken.id, toDestination: true }]);
    expect(await demo.call(`/api/delivered/${inAddress(taken.id)}`)).toMatchObject({
      object: "none",
    });
    const { events } = await demo.call<EventPage>("/api/events");
    expect(events).toMatchObject([
      {
        id: failing.id,
        obstacle: { kind: "failed", error: { message: expect.stringContaining("no receiver") } },
      },
    ]);
  });

  it("opens no object that a line of the journal only names", async () => {
    await using opened = await openSchedule(storeUrl, {});
    const home = { store: opened.store, bucket: opened.bucket, root: "keywhen" };
    await opened.store.put({ bucket: "private", key: "wages" }, new TextEncoder().encode("5"));
    const id = "2020-01-01T00:00:00.000Z|private|wages|forged";
    await writeJournal(home, Date.now() - MINUTE_MS, [id]);

    await using demo = await startDemo({ storeUrl });
    const [delivery] = await deliveredOf(demo, 1);
    const address = `/api/delivered/${inAddress(id)}`;
    expect(await demo.call(address)).toEqual({ delivery, object: "replaced" });
    expect((await demo.fetch(`${address}/body`)).status).toBe(404);
  });
});

describe("the history", () => {
  it("is of the last day", async () => {
    const home = memoryHome();
    await writeJournal(home, NOW_MS - 25 * 60 * MINUTE_MS, [idOf("too-old")]);
    await writeJournal(home, NOW_MS - 23 * 60 * MINUTE_MS, [idOf("yesterday")]);
    await writeJournal(home, NOW_MS - 5 * MINUTE_MS, [idOf("newest")]);
    await writeJournal(home, NOW_MS, [idOf("by-the-sweeper-of-this-start")]);
    const { deliveries } = await recall(home);
    expect(deliveries.all().map(({ id }) => id)).toEqual([idOf("newest"), idOf("yesterday")]);
  });

  it("has the newest deliveries, and reads no older part of the journal than it must", async () => {
    const home = memoryHome();
    const many = Array.from({ length: KEPT_DELIVERIES + 5 }, (_, number) => idOf(`new-${number}`));
    await writeJournal(home, NOW_MS - 5 * MINUTE_MS, many);
    await writeJournal(home, NOW_MS - 30 * MINUTE_MS, [idOf("older")]);
    const read: string[] = [];
    const get: typeof home.store.get = (ref, options) => {
      read.push(ref.key);
      return home.store.get(ref, options);
    };
    const { deliveries } = await recall({ ...home, store: { ...home.store, get } });
    expect(read).toHaveLength(1);
    expect(deliveries.all()).toHaveLength(KEPT_DELIVERIES);
    expect(deliveries.all()[0]?.id).toBe(many.at(-1));
  });

  it("says why it could not be read", async () => {
    const home = memoryHome();
    const list = () => Promise.reject(new Error("no right to list"));
    const { history, deliveries } = await recall({ ...home, store: { ...home.store, list } });
    expect(history.trouble?.message).toContain("no right to list");
    expect(deliveries.all()).toEqual([]);
  });
});

const idOf = (key: string) => `2026-12-23T12:00:00.000Z|inbox|${key}|x`;

function memoryHome() {
  return { store: memoryStore({ buckets: ["schedule"] }), bucket: "schedule", root: "keywhen" };
}

/** Writes one object of the journal, in which these events were delivered. */
async function writeJournal(
  { store, bucket, root }: ScheduleLocation,
  atMs: number,
  ids: readonly string[],
): Promise<void> {
  const at = new Date(atMs).toISOString();
  const lines = ids.map((id) => {
    const [dueAt, toBucket, key] = id.split("|");
    const target = { bucket: toBucket, key };
    return JSON.stringify({ v: 1, at, outcome: "delivered", id, dueAt, target, size: 1 });
  });
  const time = at.replace(/^(\d+)-(\d+)-(\d+)T/, "$1/$2/$3/").replaceAll(":", "");
  const body = new TextEncoder().encode(`${lines.join("\n")}\n`);
  await store.put({ bucket, key: `${root}/journal/${time}-7k3m9p2q4r5t.ndjson` }, body);
}

async function recall(home: ScheduleLocation) {
  const deliveries = createDeliveries(KEPT_DELIVERIES);
  const history = new History({
    home,
    clock: { ...systemClock, now: () => NOW_MS },
    hub: createLiveHub("test"),
    deliveries,
    obstacles: createObstacles(10),
  });
  await history.recall(new AbortController().signal);
  return { history, deliveries };
}
