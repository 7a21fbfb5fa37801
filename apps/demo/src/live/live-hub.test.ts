import { describe, expect, it } from "vitest";
import type { LiveEvent } from "../api/index.js";
import { createLiveHub, type Told } from "./live-hub.js";

const gone = (id: string): LiveEvent => ({ type: "gone", id });
const idsOf = (told: readonly Told[] | undefined) => told?.map(({ event }) => event);

describe("createLiveHub()", () => {
  it("gives each cursor what was told since, in order and once", () => {
    const hub = createLiveHub("a", 10);
    hub.tell(gone("0"));
    const cursor = hub.start();
    hub.tell(gone("1"));
    hub.tell(gone("2"));
    expect(idsOf(cursor.take())).toEqual([gone("1"), gone("2")]);
    expect(cursor.take()).toEqual([]);
  });

  it("resumes behind an id that it remembers", () => {
    const hub = createLiveHub("a", 10);
    const first = hub.start();
    for (const id of ["1", "2", "3"]) hub.tell(gone(id));
    const [one, , three] = first.take() ?? [];
    expect(idsOf(hub.cursor(one?.id ?? "")?.take())).toEqual([gone("2"), gone("3")]);
    expect(idsOf(hub.cursor(three?.id ?? "")?.take())).toEqual([]);
  });

  it.each([["b-1"], ["a-99"], ["a-"], ["nonsense"], [""], ["a-1e3"]])(
    "can't resume from %s",
    (id) => {
      const hub = createLiveHub("a", 10);
      hub.tell(gone("1"));
      expect(hub.cursor(id)).toBeUndefined();
    },
  );

  it("forgets what is old, and tells a cursor that fell behind", () => {
    const hub = createLiveHub("a", 10);
    const cursor = hub.start();
    hub.tell(gone("first"));
    const [first] = hub.start().take() ?? [];
    expect(first).toBeUndefined();
    for (let count = 0; count < 30; count++) hub.tell(gone("x"));
    expect(cursor.take()).toBeUndefined();
    cursor.skip();
    hub.tell(gone("last"));
    expect(idsOf(cursor.take())).toEqual([gone("last")]);
  });

  it("lets nobody resume over a gap", () => {
    const hub = createLiveHub("a", 10);
    const cursor = hub.start();
    hub.tell(gone("1"));
    const [one] = cursor.take() ?? [];
    hub.forget();
    expect(hub.cursor(one?.id ?? "")).toBeUndefined();
    expect(cursor.take()).toBeUndefined();
  });

  it("wakes who waits for news, and who leaves", async () => {
    const hub = createLiveHub("a", 10);
    const leaving = new AbortController();
    const news = [hub.news(new AbortController().signal), hub.news(leaving.signal)];
    leaving.abort();
    await news[1];
    hub.tell(gone("1"));
    await news[0];
  });
});
