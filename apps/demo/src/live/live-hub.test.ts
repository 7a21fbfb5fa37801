import { describe, expect, it } from "vitest";
import type { LiveEvent } from "../api/state.js";
import { createLiveHub, type Sent } from "./live-hub.js";

const gone = (id: string): LiveEvent => ({ type: "gone", id });
const idsOf = (sent: readonly Sent[] | undefined) => sent?.map(({ event }) => event);

describe("createLiveHub()", () => {
  it("gives each cursor the events since its last call, in order and once", () => {
    const hub = createLiveHub("a", 10);
    hub.send(gone("0"));
    const cursor = hub.start();
    hub.send(gone("1"));
    hub.send(gone("2"));
    expect(idsOf(cursor.take())).toEqual([gone("1"), gone("2")]);
    expect(cursor.take()).toEqual([]);
  });

  it("resumes behind an id that it remembers", () => {
    const hub = createLiveHub("a", 10);
    const first = hub.start();
    for (const id of ["1", "2", "3"]) hub.send(gone(id));
    const [one, , three] = first.take() ?? [];
    expect(idsOf(hub.cursor(one?.id ?? "")?.take())).toEqual([gone("2"), gone("3")]);
    expect(idsOf(hub.cursor(three?.id ?? "")?.take())).toEqual([]);
  });

  it.each([["b-1"], ["a-99"], ["a-"], ["nonsense"], [""], ["a-1e3"]])(
    "can't resume from %s",
    (id) => {
      const hub = createLiveHub("a", 10);
      hub.send(gone("1"));
      expect(hub.cursor(id)).toBeUndefined();
    },
  );

  it("forgets old events, and reports it to a cursor that is behind", () => {
    const hub = createLiveHub("a", 10);
    const cursor = hub.start();
    hub.send(gone("first"));
    const [first] = hub.start().take() ?? [];
    expect(first).toBeUndefined();
    for (let count = 0; count < 30; count++) hub.send(gone("x"));
    expect(cursor.take()).toBeUndefined();
    cursor.skip();
    hub.send(gone("last"));
    expect(idsOf(cursor.take())).toEqual([gone("last")]);
  });

  it("lets no listener resume over a gap", () => {
    const hub = createLiveHub("a", 10);
    const cursor = hub.start();
    hub.send(gone("1"));
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
    hub.send(gone("1"));
    await news[0];
  });
});
