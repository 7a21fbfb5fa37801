import { expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import { storeError, testSchedule } from "../test-support/test-schedule.js";
import { takeLease } from "./take-lease.js";

it("counts a lease from the try that was carried out, however late, and not from the last", async () => {
  const home = testSchedule();
  let tries = 0;
  const put: ObjectStore["put"] = async (...call) => {
    tries += 1;
    const isFirst = tries === 1;
    if (isFirst) void home.clock.sleep(18_000).then(() => home.store.put(...call));
    await home.clock.sleep(10_000);
    throw storeError("unavailable", "put");
  };
  const request = { untilMs: home.clock.now(), ttlMs: 60_000, onTop: false, label: undefined };
  const random = (bytes: number) => new Uint8Array(bytes);
  const place = {
    ...home,
    random,
    leaseKey: "keywhen/lease/sweep.json",
    store: { ...home.store, put },
  };
  const taking = takeLease(place, request, new AbortController().signal);
  await home.clock.advance("25s");
  const answer = await taking;
  expect(tries).toBe(2);
  expect(answer.outcome === "taken" && answer.lease.leftMs()).toBe(60_000 - 25_000 - 1_000);
});
