import { describe, expect, it } from "vitest";
import type { ApiErrorBody, SweeperState } from "../api/state.js";
import { inAddress, jsonOf, startDemo } from "../testing/start-demo.js";

describe("/api/sweeper", () => {
  it("starts and stops the sweeper, which frees the lease", async () => {
    await using demo = await startDemo();
    await using page = demo.listen();
    await page.until("state", ({ state }) => state.sweeper.at === "stopped");
    expect(await demo.call<SweeperState>("/api/sweeper/start", "POST")).toMatchObject({
      isStarted: true,
    });
    const { sweeper } = await page.until(
      "sweeper",
      (event) => event.sweeper.holders[0]?.isHere === true,
    );
    expect(sweeper).toMatchObject({ at: "here", isStarted: true });
    // The short range of another sweeper ends before a range of one minute, so it is not the last one.
    const other = await demo.sweeper().sweep({ lookAhead: "2s", poll: "100ms" });
    expect(other).toMatchObject({ outcome: "held" });
    expect(await demo.call<SweeperState>("/api/sweeper/stop", "POST")).toMatchObject({
      at: "stopped",
      isStarted: false,
      holders: [],
    });
    expect(await demo.call("/api/sweeper/sweep", "POST")).toMatchObject({ outcome: "swept" });
  });

  it("delivers what is due of recurring schedules", async () => {
    await using demo = await startDemo();
    await using page = demo.listen();
    const anHourAgo = new Date(Date.now() - 3_600_000);
    const to = { bucket: "jobs", key: "hourly" };
    await demo.schedulesAt(anHourAgo).put("hourly", { every: "1h", to, body: "hello" });
    expect(await demo.call("/api/sweeper/sweep", "POST")).toMatchObject({ delivered: 1 });
    const { delivery } = await page.until("delivered", () => true);
    expect(delivery).toMatchObject({ to, by: "here", size: 5 });
    const address = `/api/delivered/${inAddress(delivery.id)}`;
    expect(await demo.call(address)).toMatchObject({ object: "there" });
  });

  it("does not sweep without allowed targets", async () => {
    await using demo = await startDemo({ allow: [] });
    const answer = await demo.fetch("/api/sweeper/start", { method: "POST" });
    expect([answer.status, (await jsonOf<ApiErrorBody>(answer)).error.code]).toEqual([
      403,
      "sweeping-not-allowed",
    ]);
    expect(await demo.call("/api/state")).toMatchObject({ canSweep: false });
  });
});
