import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ListPage, ListRequest, ObjectStore } from "../store/object-store.js";
import { sweeperOf, testSchedule, writeByHand } from "../test-support/test-schedule.js";
import { pageProblem } from "./list-and-delete.js";

const page = (keys: readonly string[], more = false): ListPage => ({
  objects: keys.map((key) => ({ key, size: 0, lastModified: new Date(0) })),
  more,
});
const request = (startAfter?: string): ListRequest => ({ bucket: "b", prefix: "p/", startAfter });

describe("pageProblem()", () => {
  it.each([
    [undefined, ["p/a", "p/b"], false],
    ["p/a", ["p/b"], true],
    ["", ["p/a"], true],
    ["p/a", [], false],
    ["p/\uffee", ["p/😀"], false], // by bytes, though not by UTF-16 units
  ])("finds none after %j in %j, more %s", (startAfter, keys, more) => {
    expect(pageProblem(request(startAfter), page(keys, more))).toBeUndefined();
  });

  it.each([
    [
      "p/b",
      ["p/a"],
      false,
      `the page after "p/b" begins with "p/a", so the listing does not advance`,
    ],
    ["p/b", ["p/b", "p/c"], false, `the page after "p/b" begins with "p/b"`],
    [undefined, ["p/b", "p/a"], false, `contains "p/a" after "p/b", so it is not in byte order`],
    [undefined, ["p/a", "p/a"], false, `contains "p/a" after "p/a"`],
    [undefined, ["q/a"], false, `contains "q/a", which does not begin with the prefix "p/"`],
    ["p/a", [], true, "the page is empty, but the store reports that more keys follow"],
  ])("finds one after %j in %j, more %s", (startAfter, keys, more, problem) => {
    expect(pageProblem(request(startAfter), page(keys, more))).toContain(problem);
  });
});

describe("a listing that does not advance", () => {
  const endless = { code: "unexpected", message: expect.stringContaining("does not advance") };

  /** Three due events in a store that ignores `startAfter`, as some S3 clones do, and gives two keys a page. */
  async function withoutStartAfter() {
    const schedule = testSchedule();
    for (const key of [1, 2, 3])
      await writeByHand(schedule.store, `2026-12-24T11:00:0${key}.000Z|out|${key}|id`);
    let lists = 0;
    const list: ObjectStore["list"] = async ({ bucket, prefix }, call) => {
      lists += 1;
      const { objects } = await schedule.store.list({ bucket, prefix, limit: 2 }, call);
      return { objects, more: true };
    };
    const store = { ...schedule.store, list };
    return { schedule: { ...schedule, store }, lists: () => lists };
  }

  it("ends a list with an error", async () => {
    const { schedule, lists } = await withoutStartAfter();
    const listing = createScheduler(schedule).list();
    const readAll = async () => {
      for await (const { id } of listing) expect(id).toContain("|out|");
    };
    await expect(readAll()).rejects.toMatchObject(endless);
    expect(lists()).toBe(2);
  });

  it("ends a sweep, which delivers what it has read", async () => {
    const { schedule, lists } = await withoutStartAfter();
    const seen: SweepEvent[] = [];
    const sweeper = sweeperOf(schedule, { observe: (event) => seen.push(event) });
    expect(await sweeper.sweep()).toMatchObject({ delivered: 2, truncated: "list-failed" });
    expect(lists()).toBeLessThan(5);
    expect(seen).toContainEqual({ type: "list-failed", error: expect.objectContaining(endless) });
  });
});
