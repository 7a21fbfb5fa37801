import { describe, expect, it } from "vitest";
import { createDeadLetters } from "../dead-letters/dead-letters.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ListPage, ListRequest, ObjectStore } from "../store/object-store.js";
import {
  NOON,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  writeByHand,
} from "../test-support/test-schedule.js";
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
    [undefined, ["p/b", "p/a"], false, `contains "p/a" after "p/b": it is not in byte order`],
    [undefined, ["p/a", "p/a"], false, `contains "p/a" after "p/a"`],
    [undefined, ["q/a"], false, `contains "q/a", which is not below the prefix`],
    ["p/a", [], true, "the page is empty, but the store says that more follows"],
  ])("finds one after %j in %j, more %s", (startAfter, keys, more, problem) => {
    expect(pageProblem(request(startAfter), page(keys, more))).toContain(problem);
  });
});

/** A store that ignores `startAfter`, as some S3 clones do, and gives two keys a page. */
function withoutStartAfter(): { readonly schedule: TestSchedule; readonly lists: () => number } {
  const schedule = testSchedule();
  let lists = 0;
  const list: ObjectStore["list"] = async ({ bucket, prefix }, call) => {
    lists += 1;
    const { objects } = await schedule.store.list({ bucket, prefix, limit: 2 }, call);
    return { objects, more: true };
  };
  return { schedule: { ...schedule, store: { ...schedule.store, list } }, lists: () => lists };
}

describe("a listing that does not advance", () => {
  const SECONDS = [1, 2, 3];
  const endless = { code: "unexpected", message: expect.stringContaining("does not advance") };

  it("ends a list with an error", async () => {
    const { schedule, lists } = withoutStartAfter();
    for (const second of SECONDS) {
      await writeByHand(schedule.store, `2026-12-24T13:00:0${second}.000Z|out|k|id`);
    }
    const ids: string[] = [];
    const listing = async () => {
      for await (const { id } of createScheduler(schedule).list()) ids.push(id);
    };
    await expect(listing()).rejects.toMatchObject(endless);
    expect([ids.length, lists()]).toEqual([2, 2]);
  });

  it("ends a sweep, which delivers what it has read", async () => {
    const { schedule, lists } = withoutStartAfter();
    for (const second of SECONDS) {
      await writeByHand(schedule.store, `2026-12-24T11:00:0${second}.000Z|out|${second}|id`);
    }
    const report = await sweeperOf(schedule).sweep();
    expect(report).toMatchObject({ delivered: 2, truncated: "list-failed" });
    expect(lists()).toBeLessThan(5);
  });

  it("ends a listing of dead letters", async () => {
    const { schedule } = withoutStartAfter();
    const put = (key: string) => schedule.store.put({ bucket: "schedule", key }, new Uint8Array());
    for (const second of SECONDS) await put(`keywhen/dead/${NOON}|out|${second}|id`);
    const listing = async () => {
      for await (const { id } of createDeadLetters(schedule).list()) expect(id).toContain("|out|");
    };
    await expect(listing()).rejects.toMatchObject(endless);
  });
});
