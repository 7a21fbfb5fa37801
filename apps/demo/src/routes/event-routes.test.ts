import { describe, expect, it } from "vitest";
import type { EventPage, WaitingEventDetails } from "../api/events.js";
import type { ApiErrorBody } from "../api/state.js";
import { inAddress, jsonOf, useDemo } from "../testing/start-demo.js";

const demo = useDemo();

const inOneHour = { bucket: "inbox", key: "42.json", in: "1h" };

describe("POST /api/events", () => {
  it("schedules the body with its content type and metadata", async () => {
    const metadata = JSON.stringify({ kind: "test" });
    const at = "2036-12-24T08:00Z";
    const query = { bucket: "inbox", key: "42.json", at, metadata, deliveryId: "order-42" };
    const { id, ...scheduled } = await demo.schedule(query, '{"a":1}', "application/json");
    expect(scheduled).toMatchObject({ outcome: "scheduled", deliveryId: "order-42" });
    expect(id).toMatch(/\|inbox\|42\.json\|order-42$/);
    const details = await demo.call<WaitingEventDetails>(`/api/events/${inAddress(id)}`);
    expect(details).toMatchObject({
      id,
      size: 7,
      contentType: "application/json",
      metadata: { kind: "test" },
      to: { bucket: "inbox", key: "42.json" },
      closesAt: details.at,
    });
  });

  it("answers a second one of the same delivery id with exists", async () => {
    const query = { bucket: "inbox", key: "k", at: "2036-12-24T08:00Z", deliveryId: "d" };
    await demo.schedule(query);
    expect(await demo.schedule(query)).toMatchObject({ outcome: "exists" });
  });

  it.each<[string, Record<string, string>, string]>([
    ["no key", { bucket: "b", in: "1h" }, "invalid-request"],
    ["an unknown parameter", { ...inOneHour, colour: "red" }, "invalid-request"],
    ["no time", { bucket: "b", key: "k" }, "invalid-time"],
    ["two times", { ...inOneHour, at: "2036-12-24T08:00Z" }, "invalid-time"],
    ["a duration without a unit", { ...inOneHour, in: "5" }, "invalid-duration"],
    ["a time without an offset", { bucket: "b", key: "k", at: "2036-12-24T08:00" }, "invalid-time"],
    ["metadata that is no JSON", { ...inOneHour, metadata: "{" }, "invalid-request"],
    ["metadata that is no text", { ...inOneHour, metadata: '{"a":1}' }, "invalid-request"],
    ["a key that is too long", { ...inOneHour, key: "k".repeat(1_000) }, "key-too-long"],
  ])("refuses %s", async (_, query, code) => {
    const answer = await demo.fetch(`/api/events?${new URLSearchParams(query)}`, {
      method: "POST",
    });
    const { error } = await jsonOf<ApiErrorBody>(answer);
    expect([answer.status, error.code]).toEqual([400, code]);
    expect(await demo.call("/api/events")).toEqual({ events: [] });
  });

  it("refuses a body that is too large, with and without a length, and stores nothing", async () => {
    const path = `/api/events?${new URLSearchParams(inOneHour)}`;
    const megabyte = new Uint8Array(1_000_000);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent <= 101) controller.enqueue(megabyte);
        else controller.close();
      },
    });
    const init = { method: "POST", body: endless, duplex: "half" } as const;
    const answer = await demo.fetch(path, init);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: { code: "too-large" } });
    const declared = await demo.fetch(path, { method: "POST", body: new Uint8Array(100_000_001) });
    expect(declared.status).toBe(413);
    for await (const { id } of demo.scheduler.list()) expect.unreachable(`${id} was stored`);
  });
});

describe("hostile keys and bodies", () => {
  it.each([
    "<script>alert(1)</script>.html",
    "../../etc/passwd",
    "a/../%2e%2e/%00",
    "\u202egnp.exe",
    "100%|~ ?#&=+ é",
    "é".repeat(80),
    "k".repeat(900),
  ])("%s come back as they were, and never as a page", async (key) => {
    const { id } = await demo.schedule({ bucket: "inbox", key, in: "1h" }, "<script>", "text/html");
    const address = `/api/events/${inAddress(id)}`;
    expect(await demo.call(address)).toMatchObject({ id, to: { bucket: "inbox", key } });
    const body = await demo.fetch(`${address}/body`);
    expect(await body.text()).toBe("<script>");
    expect(Object.fromEntries(body.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": expect.stringMatching(/^attachment; filename\*=UTF-8''[\w%.~!-]+$/),
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
    });
    const moved = await demo.call<{ id: string }>(`${address}/reschedule`, "POST", '{"in":"2h"}');
    const cancelled = await demo.call(`/api/events/${inAddress(moved.id)}/cancel`, "POST");
    expect(cancelled).toEqual({ outcome: "cancelled", id: moved.id });
  });
});

describe("GET /api/events/:id/body", () => {
  it("sends the beginning alone where that is asked for", async () => {
    const { id } = await demo.schedule(inOneHour, "0123456789");
    const start = await demo.fetch(`/api/events/${inAddress(id)}/body?bytes=4`);
    expect([start.headers.get("x-keywhen-size"), start.headers.get("x-keywhen-cut")]).toEqual([
      "10",
      "true",
    ]);
    expect(await start.text()).toBe("0123");
    const all = await demo.fetch(`/api/events/${inAddress(id)}/body?bytes=10`);
    expect([await all.text(), all.headers.get("x-keywhen-cut")]).toEqual(["0123456789", null]);
  });
});

describe("GET /api/events", () => {
  it("searches by target and time", async () => {
    const keys = ["Carts/1", "carts/2", "trials/1"];
    for (const [index, key] of keys.entries()) {
      await demo.schedule({ bucket: "inbox", key, at: `2036-12-2${index}T08:00Z` });
    }
    const found = async (query: string) => {
      const { events } = await demo.call<EventPage>(`/api/events?${query}`);
      return events.map(({ to }) => to.key);
    };
    expect(await found("")).toEqual(keys);
    expect(await found("q=carts")).toEqual(["Carts/1", "carts/2"]);
    expect(await found("bucket=inbox&prefix=carts")).toEqual(["carts/2"]);
    expect(await found("bucket=outbox")).toEqual([]);
    expect(await found("from=2036-12-21T08:00Z&until=2036-12-22T08:00Z")).toEqual(["carts/2"]);
  });

  it("gives 5,000 events page by page in due order, each within 3 s on a busy machine", async () => {
    const startMs = Date.parse("2036-12-24T00:00Z");
    const all = Array.from({ length: 5_000 }, (_, index) => ({
      at: new Date(startMs + index * 1_000),
      to: { bucket: "inbox", key: `k${index}` },
    }));
    await demo.scheduler.scheduleMany(all, { concurrency: 32 });
    const keys: string[] = [];
    const tookMs: number[] = [];
    for (let after = ""; ; ) {
      const begun = performance.now();
      const { events, next } = await demo.call<EventPage>(`/api/events?limit=1000${after}`);
      tookMs.push(performance.now() - begun);
      keys.push(...events.map(({ to }) => to.key));
      if (next === undefined) break;
      after = `&after=${inAddress(next)}`;
    }
    expect(keys).toEqual(all.map(({ to }) => to.key));
    expect(tookMs).toHaveLength(5);
    expect(Math.max(...tookMs)).toBeLessThan(3_000);
  }, 120_000); // a busy disk takes its time to store them
});

describe("cancel and reschedule", () => {
  it("say what became of it", async () => {
    const { id } = await demo.schedule(inOneHour);
    const address = `/api/events/${inAddress(id)}`;
    const at = "2036-12-24T08:00:00.000Z";
    const moved = await demo.call<{ id: string }>(
      `${address}/reschedule`,
      "POST",
      JSON.stringify({ at }),
    );
    expect(moved).toMatchObject({ outcome: "rescheduled", at });
    expect(await demo.call(`${address}/cancel`, "POST")).toEqual({ outcome: "not-found" });
    const there = `/api/events/${inAddress(moved.id)}`;
    expect(await demo.call(`${there}/reschedule`, "POST", JSON.stringify({ at }))).toMatchObject({
      outcome: "unchanged",
    });
    const late = "/api/events/2020-01-01T00%3A00%3A00.000Z%7Cb%7Ck%7Cd/cancel";
    expect(await demo.call(late, "POST")).toMatchObject({ outcome: "too-late" });
  });

  it.each([["nonsense"], ['{"colour":"red"}'], ["{}"], ['{"at":1}']])("refuse %s", async (body) => {
    const { id } = await demo.schedule(inOneHour);
    const init = { method: "POST", body };
    const answer = await demo.fetch(`/api/events/${inAddress(id)}/reschedule`, init);
    expect(answer.status).toBe(400);
  });

  it("answer 400 to a text that is not an id, and 404 to an id that does not wait", async () => {
    expect((await demo.fetch("/api/events/nonsense")).status).toBe(400);
    expect((await demo.fetch("/api/events/2036-01-01T00%3A00%3A00.000Z%7Cb%7Ck%7Cd")).status).toBe(
      404,
    );
  });
});
