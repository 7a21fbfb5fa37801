import { randomBytes } from "node:crypto";
import { createDeadLetters, createScheduler, createSweeper, type SweepEvent } from "@keywhen/core";
import { memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { startReceiver } from "./testing/receiver-server.js";
import { webhook } from "./webhook.js";

const secret = `whsec_${randomBytes(32).toString("base64")}`;

/** A schedule with due events for these buckets. */
async function scheduleFor(...buckets: string[]) {
  const location = { store: memoryStore(), bucket: "schedule" };
  const scheduler = createScheduler(location);
  for (const [index, bucket] of buckets.entries()) {
    await scheduler.schedule({ in: "0s", to: { bucket, key: `${index}` }, json: {} });
  }
  return location;
}

describe("a sweep to webhooks", () => {
  it("delivers to one receiver while others never answer, do not listen or ask for a pause", async () => {
    await using quick = await startReceiver((response) => response.end());
    await using hanging = await startReceiver(() => {});
    await using busy = await startReceiver((response) => {
      response.writeHead(429, { "retry-after": "60" }).end();
    });
    const gone = await startReceiver(() => {});
    await gone[Symbol.asyncDispose]();
    const slow = ["hanging", "busy", "gone"];
    const location = await scheduleFor(...slow, ...slow, "quick", ...slow, "quick");
    const startMs = performance.now();
    const deliveredMs: number[] = [];
    const observe = ({ type }: SweepEvent) => {
      if (type === "delivered") deliveredMs.push(performance.now() - startMs);
    };
    const to = ({ url }: { readonly url: string }) => webhook({ url, secret, timeout: "3s" });
    const destinations = { quick: to(quick), hanging: to(hanging), busy: to(busy), gone: to(gone) };
    const ending = new AbortController();
    const sweeper = createSweeper({ ...location, destinations, observe });
    const sweeping = sweeper.sweep({ signal: ending.signal });
    while (deliveredMs.length < 2 && performance.now() - startMs < 10_000) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(deliveredMs).toHaveLength(2);
    expect(Math.max(...deliveredMs)).toBeLessThan(2_500); // nothing waits for the others
    ending.abort();
    expect(await sweeping).toMatchObject({ delivered: 2 });
    expect(quick.received).toHaveLength(2);
  });

  it("makes a dead letter of what a receiver rejects, without the URL's secrets", async () => {
    await using receiver = await startReceiver((response) => response.writeHead(410).end());
    const location = await scheduleFor("hooks");
    const url = `${receiver.url}/secret-path?token=secret`;
    const destinations = { hooks: webhook({ url, secret }) };
    expect(await createSweeper({ ...location, destinations }).sweep()).toMatchObject({ dead: 1 });
    const deadLetters = createDeadLetters(location);
    for await (const { id } of deadLetters.list()) {
      const letter = await deadLetters.get(id);
      expect(letter).toMatchObject({ reason: "rejected", to: { bucket: "hooks", key: "0" } });
      expect(JSON.stringify(letter)).toContain("answered 410 Gone");
      expect(JSON.stringify(letter)).not.toMatch(/secret-path|token|whsec/);
    }
  });
});
