import { describe, expect, it } from "vitest";
import type { DeliveredObject, DeliveryPage } from "../api/events.js";
import type { SweepSummary } from "../api/state.js";
import { inAddress, useDemo } from "../testing/start-demo.js";

const demo = useDemo();

const dueNow = { bucket: "inbox", key: "a/b.txt", at: "2020-01-01T00:00Z" };

describe("GET /api/delivered", () => {
  it("shows deliveries, and what is at their targets", async () => {
    const { id } = await demo.schedule(dueNow, "hello");
    const swept = await demo.call<SweepSummary>("/api/sweeper/sweep", "POST");
    expect(swept).toMatchObject({ outcome: "swept", due: 1, delivered: 1 });
    const { deliveries } = await demo.call<DeliveryPage>("/api/delivered");
    expect(deliveries).toMatchObject([{ id, size: 5, by: "here", to: { key: "a/b.txt" } }]);
    const address = `/api/delivered/${inAddress(id)}`;
    expect(await demo.call<DeliveredObject>(address)).toMatchObject({
      object: "there",
      contentType: "text/plain",
      metadata: { "keywhen-at": "2020-01-01T00:00:00.000Z" },
    });
    const body = await demo.fetch(`${address}/body`);
    expect([body.headers.get("content-type"), await body.text()]).toEqual([
      "application/octet-stream",
      "hello",
    ]);
  });

  it("reports that another object has replaced it", async () => {
    const first = await demo.schedule(dueNow, "first");
    await demo.call("/api/sweeper/sweep", "POST");
    await demo.schedule(dueNow, "second");
    await demo.call("/api/sweeper/sweep", "POST");
    expect(await demo.call(`/api/delivered/${inAddress(first.id)}`)).toMatchObject({
      object: "replaced",
    });
  });

  it("reads no target but those of its deliveries", async () => {
    const { id } = await demo.schedule(dueNow, "hello");
    const answer = await demo.fetch(`/api/delivered/${inAddress(id)}/body`);
    expect(answer.status).toBe(404);
  });
});
