import { describe, expect, it } from "vitest";
import { inAddress, startDemo, useDemo } from "../testing/start-demo.js";

const inOneHour = { bucket: "inbox", key: "k", in: "1h" };
const inThreeSeconds = { bucket: "inbox", key: "soon", in: "3s" };

const demo = useDemo();

describe("GET /api/live", () => {
  it("reports a delivery within 300 ms of its instant", async () => {
    await using demo = await startDemo({ sweeps: true });
    await using page = demo.listen();
    await page.until("state", ({ state }) => state.sweeper.isStarted);
    const { id, at } = await demo.schedule(inThreeSeconds, "hello");
    await page.until("scheduled", ({ event }) => event.id === id);
    const { delivery } = await page.until("delivered");
    expect(Date.now() - Date.parse(at)).toBeLessThan(300);
    expect(delivery).toMatchObject({ id, at, by: "here" });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(at)); // never early
    await page.until("counts", ({ counts }) => counts.delivered === 1 && counts.waiting === 0);
  });

  it("reports changes by the page", async () => {
    await using page = demo.listen();
    await page.until("state");
    const { id } = await demo.schedule(inOneHour);
    const address = `/api/events/${inAddress(id)}`;
    const moved = await demo.call<{ id: string }>(`${address}/reschedule`, "POST", '{"in":"2h"}');
    await demo.call(`/api/events/${inAddress(moved.id)}/cancel`, "POST");
    await page.until("cancelled", (event) => event.id === moved.id);
    const types = page.heard.map(({ type }) => type);
    expect(types.filter((type) => /ed$/.test(type))).toEqual([
      "scheduled",
      "rescheduled",
      "cancelled",
    ]);
    await page.until("requests", ({ requests }) => requests.put > 0);
  });

  it("goes on where a listener left off, without a gap and without repeating", async () => {
    const first = demo.listen();
    await first.until("state");
    const one = await demo.schedule({ ...inOneHour, key: "1" });
    await first.until("scheduled");
    await first[Symbol.asyncDispose]();
    const two = await demo.schedule({ ...inOneHour, key: "2" });
    await using again = demo.listen(first.lastId);
    const { event } = await again.until("scheduled");
    expect([one.id === event.id, event.id]).toEqual([false, two.id]);
    expect(again.heard.some(({ type }) => type === "state" || type === "reset")).toBe(false);
  });

  it("begins with the waiting events, without a reset for a new listener", async () => {
    await demo.scheduler.schedule({ in: "1h", to: { bucket: "inbox", key: "theirs" } });
    await using page = demo.listen();
    const { state } = await page.until("state");
    expect(state.counts).toMatchObject({ waiting: 1, waitingIsMore: false });
    await page.until("requests");
    expect(page.heard.filter(({ type }) => type === "reset")).toEqual([]);
  });

  it("sends a reset where it can't resume", async () => {
    await using page = demo.listen("another-start-of-the-server-17");
    await page.until("state");
    expect(page.heard.slice(0, 2).map(({ type }) => type)).toEqual(["reset", "state"]);
  });
});

describe("what others do", () => {
  it("is reported: scheduled, cancelled, delivered", async () => {
    await using page = demo.listen();
    await page.until("state");
    const to = { bucket: "inbox", key: "theirs" };
    const kept = await demo.scheduler.schedule({ in: "1h", to });
    const seen = await page.until("scheduled", ({ event }) => event.id === kept.id);
    expect(seen.event).toMatchObject({ to, size: 0 });
    await demo.scheduler.cancel(kept.id);
    await page.until("gone", ({ id }) => id === kept.id);
    const due = await demo.scheduler.schedule({ in: "2s", to, body: "x" });
    await page.until("scheduled", ({ event }) => event.id === due.id);
    await demo.sweeper().sweep({ lookAhead: "2s", poll: "100ms" });
    const { delivery } = await page.until("delivered");
    expect(delivery).toMatchObject({ id: due.id, by: "elsewhere", to, size: 1 });
    expect(delivery.latenessMs).toBeLessThan(1_000);
  });

  it("is reported as dead letters", async () => {
    await using page = demo.listen();
    await page.until("state");
    const at = "2020-01-01T00:00Z";
    const to = { bucket: "nowhere", key: "k" };
    const { id } = await demo.scheduler.schedule({ at, to });
    await demo.scheduler.schedule({ at, to: { bucket: "inbox", key: "allowed" } });
    await demo.sweeper(["inbox/*"]).sweep();
    expect(await page.until("dead")).toMatchObject({ id, reason: "target-not-allowed" });
    await demo.call(`/api/dead/${inAddress(id)}`, "DELETE");
    await page.until("purged", (event) => event.id === id);
  });

  it("shows in the sweeper's state", async () => {
    await using page = demo.listen();
    await page.until("state", ({ state }) => state.sweeper.at === "stopped");
    const sweeping = demo.sweeper().start({ every: "1m" });
    const { sweeper } = await page.until("sweeper", (event) => event.sweeper.at === "elsewhere");
    expect(sweeper).toMatchObject({
      isStarted: false,
      holders: [{ owner: "other", isHere: false }],
    });
    await sweeping.stop();
    await page.until("sweeper", (event) => event.sweeper.at === "stopped");
  });
});
