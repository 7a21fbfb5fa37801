import { beforeEach, describe, expect, it } from "vitest";
import type { DeadLetterDetails, EventPage, RedriveOutcome } from "../api/events.js";
import { inAddress, useDemo } from "../testing/start-demo.js";

const demo = useDemo({ allow: ["inbox/*"] });
let id: string;
beforeEach(async () => {
  ({ id } = await demo.schedule(
    { bucket: "elsewhere", key: "k", at: "2020-01-01T00:00Z" },
    "kept",
  ));
  await demo.schedule({ bucket: "inbox", key: "allowed", at: "2020-01-01T00:00Z" }, "");
  expect(await demo.call("/api/sweeper/sweep", "POST")).toMatchObject({ dead: 1 });
});

describe("/api/dead", () => {
  it("lists dead letters and says why they died", async () => {
    const { events } = await demo.call<EventPage>("/api/dead");
    expect(events).toMatchObject([{ id, size: 4 }]);
    const letter = await demo.call<DeadLetterDetails>(`/api/dead/${inAddress(id)}`);
    expect(letter).toMatchObject({ id, reason: "target-not-allowed", metadata: {} });
    expect(Date.parse(letter.diedAt)).toBeGreaterThan(Date.parse("2026-01-01T00:00Z"));
    expect(await (await demo.fetch(`/api/dead/${inAddress(id)}/body`)).text()).toBe("kept");
  });

  it("shows why an event expired", async () => {
    const letter = { bucket: "inbox", key: "late" };
    const late = { at: "2020-01-01T00:00Z", to: letter, expiresAfter: "10m" } as const;
    const { id: lateId } = await demo.scheduler.schedule(late);
    expect(await demo.call("/api/sweeper/sweep", "POST")).toMatchObject({ expired: 1, dead: 0 });
    expect((await demo.call<EventPage>("/api/dead")).events).toMatchObject([
      { id },
      { id: lateId },
    ]);
    const shown = await demo.call<DeadLetterDetails>(`/api/dead/${inAddress(lateId)}`);
    expect(shown.reason).toBe("expired");
  });

  it("redrives to another moment", async () => {
    const path = `/api/dead/${inAddress(id)}/redrive`;
    const redriven = await demo.call<RedriveOutcome>(path, "POST", '{"in":"1h"}');
    expect(redriven).toMatchObject({ outcome: "redriven" });
    expect(await demo.call("/api/dead")).toEqual({ events: [] });
    expect((await demo.call<EventPage>("/api/events")).events).toMatchObject([
      { to: { key: "k" } },
    ]);
    expect(await demo.call(path, "POST")).toEqual({ outcome: "not-found" });
  });

  it("purges", async () => {
    expect(await demo.call(`/api/dead/${inAddress(id)}`, "DELETE")).toEqual({ outcome: "purged" });
    expect(await demo.call("/api/dead")).toEqual({ events: [] });
  });
});
