import { describe, expect, it } from "vitest";
import { createLayout } from "../layout/create-layout.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { type TestHome, testHome } from "../test-support/test-home.js";
import { examineStore } from "./examine-store.js";

async function layoutFinding(home: TestHome) {
  for await (const finding of examineStore(home)) if (finding.name === "layout") return finding;
  return undefined;
}

describe("examineStore() on the layout", () => {
  it("tells the number that writers use, and those whose events are still looked for", async () => {
    const home = testHome();
    expect(await layoutFinding(home)).toMatchObject({ status: "ok", detail: "no shards" });
    await createLayout(home).setShards(8);
    const detail = "no shards, 8 from 2026-12-24T12:20:00.000Z on";
    expect(await layoutFinding(home)).toMatchObject({ status: "ok", detail });
    await home.clock.advance("1h");
    await createLayout(home).setShards(4);
    await home.clock.advance("1h");
    const later = "4 shards, events of 8 still looked for";
    expect(await layoutFinding(home)).toMatchObject({ status: "ok", detail: later });
  });

  it("fails if an event lies in a shard that no sweeper lists", async () => {
    const home = testHome();
    await createLayout(home).setShards(2);
    const to = { bucket: "out", key: "k" };
    for (let index = 0; index < 20; index++) {
      await createScheduler({ ...home, shards: 16 }).schedule({ in: "1h", to });
    }
    const detail = expect.stringContaining("no sweeper lists");
    expect(await layoutFinding(home)).toMatchObject({ status: "fail", detail });
  });

  it("fails if it is no layout", async () => {
    const home = testHome();
    const ref = { bucket: "schedule", key: "keywhen/layout.json" };
    await home.store.put(ref, new TextEncoder().encode("{}"));
    expect(await layoutFinding(home)).toMatchObject({ status: "fail" });
  });
});

describe("examineStore() on a sharded schedule", () => {
  it("tells how long the oldest due event of any shard waits, and who sweeps", async () => {
    const home = testHome();
    await createLayout(home).setShards(4);
    await home.clock.advance("20m");
    const to = { bucket: "out", key: "k" };
    await createScheduler({ ...home, shards: 4 }).schedule({ in: "0s", to });
    await home.clock.advance("1h");
    const findings = [];
    for await (const finding of examineStore(home)) findings.push(finding);
    expect(findings).toContainEqual(
      expect.objectContaining({
        name: "lag in shards",
        status: "fail",
        detail: expect.stringContaining("60 min"),
      }),
    );
    const detail = "held in 0 of 4 right now";
    expect(findings).toContainEqual({ name: "leases of shards", status: "ok", detail });
  });
});
