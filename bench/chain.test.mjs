import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { describeChain, measureChain } from "./chain.mjs";

const KEYS = [
  "42.json",
  "a b+c/d%41é|&=.json",
  "deep/er/than/that",
  "'quoted' (1) *.txt",
  "日本/…",
];
const NOTICE_MS = 4_000;
/** Generous: on any machine that gets round to it at all, yet far below a sweep a minute. */
const LATE_MS = 10_000;

withCeph(describe)("an event from its scheduling to its handler", () => {
  it("comes once, whole, with its delivery id, and never before its instant", async () => {
    const startMs = Date.now() + NOTICE_MS;
    const keys = [...KEYS, ...Array.from({ length: 15 }, (_, index) => `plain/${index}`)];
    const events = keys.map((key, index) => ({ key, at: new Date(startMs + index * 111) }));
    const records = await measureChain(events);
    for (const line of describeChain(records)) console.log(line);
    expect(records.size).toBe(keys.length);
    for (const [key, { at, deliveryId, copies, handled }] of records) {
      expect(handled).toEqual([{ atMs: expect.any(Number), deliveryId, at, body: { key } }]);
      expect(copies).toHaveLength(1);
      expect(copies[0].begunAfterMs).toBeGreaterThanOrEqual(0);
      for (const { atMs } of [...copies, ...handled]) {
        expect(atMs - at.getTime()).toBeGreaterThanOrEqual(0);
        expect(atMs - at.getTime()).toBeLessThan(LATE_MS);
      }
    }
  });
});
