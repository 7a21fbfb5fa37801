import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeliveredObject, DeliveryPage, SweepSummary } from "../api/index.js";
import { inAddress, startDemo, type TestDemo } from "../testing/start-demo.js";

let demo: TestDemo;
beforeEach(async () => {
  demo = await startDemo();
});
afterEach(() => demo[Symbol.asyncDispose]());

const dueNow = { bucket: "inbox", key: "a/b.txt", at: "2020-01-01T00:00Z" };

describe("GET /api/delivered", () => {
  it("shows what arrived, and what lies at its target", async () => {
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

  it("tells when another object has taken the place", async () => {
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
