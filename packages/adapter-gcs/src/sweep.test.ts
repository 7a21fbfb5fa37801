import { createScheduler, createSweeper } from "@keywhen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { onTestServer } from "./testing/on-wire.js";

describe("a sweep on Cloud Storage", () => {
  it("moves inside its bucket, copies and deletes to others, and gets over a refusal", async () => {
    const { store, server } = await onTestServer();
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));
    const home = { store, bucket: "here" };
    const scheduler = createScheduler(home);
    const at = new Date(Date.now() - 60_000);
    for (let index = 0; index < 60; index += 1) {
      const bucket = index % 3 === 0 ? "here" : "away";
      const to = { bucket, key: `inbox/${index}` };
      await scheduler.schedule({ at, to, body: `${index}`, metadata: { a: "1" } });
    }
    server.failNext({ status: 503, reason: "backendError" });
    const sweeper = createSweeper({ ...home, allowTargets: ["here/inbox/*", "away/inbox/*"] });
    const report = await sweeper.sweep();
    expect(report).toMatchObject({ delivered: 60, retrying: 0, truncated: false });
    expect(report.requests).toMatchObject({ move: 20, copy: 40, delete: 40 });
    expect((await store.list({ bucket: "here", prefix: "inbox/" })).objects).toHaveLength(20);
    expect((await store.list({ bucket: "away" })).objects).toHaveLength(40);
    const delivered = await store.head({ bucket: "away", key: "inbox/1" });
    expect(delivered?.metadata).toMatchObject({ a: "1", "keywhen-at": at.toISOString() });
    expect(warnings).toEqual([]);
  });
});
