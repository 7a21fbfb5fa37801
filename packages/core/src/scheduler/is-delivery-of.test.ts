import { describe, expect, it } from "vitest";
import { createSweeper } from "../sweep/create-sweeper.js";
import { testHome } from "../test-support/test-home.js";
import { createScheduler } from "./create-scheduler.js";
import { isDeliveryOf } from "./is-delivery-of.js";

const to = { bucket: "inbox", key: "a/é.json" };

describe("isDeliveryOf()", () => {
  it("knows the delivered object of an event, and of no other", async () => {
    const home = testHome();
    const scheduler = createScheduler(home);
    const { id } = await scheduler.schedule({ at: "2026-12-24T12:01Z", to, deliveryId: "a|b" });
    const other = await scheduler.schedule({ at: "2026-12-24T12:01Z", to, deliveryId: "c" });
    await scheduler.cancel(other.id);
    await home.clock.advance("2m");
    await createSweeper({ ...home, allowTargets: ["*"] }).sweep();
    const info = await home.store.head(to);
    expect(isDeliveryOf(id, info?.metadata ?? {})).toBe(true);
    expect(isDeliveryOf(other.id, info?.metadata ?? {})).toBe(false);
    expect(isDeliveryOf("no id", info?.metadata ?? {})).toBe(false);
  });
});
