import { faultyStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { recurringSchedule } from "../testing/recurring-schedule.js";

const LARGE = { cron: "0 9 * * *", to: { bucket: "out", key: "k" }, body: "x".repeat(20_000) };

describe("delete", () => {
  it("keeps nothing of a schedule but its name, rule and target", async () => {
    const { schedules, stored, memory } = recurringSchedule();
    await schedules.put("small", { ...LARGE, body: "secret" });
    await schedules.put("large", LARGE);
    for (const name of ["small", "large"]) await schedules.delete(name);
    expect(await stored()).toEqual(["schedules/large", "schedules/small"]);
    const left = await memory.get({ bucket: "schedule", key: "keywhen/schedules/small" });
    expect(await new Response(left?.body).json()).toMatchObject({
      state: "deleted",
      payload: { body: { kind: "inline", base64: "" } },
    });
  });

  it("succeeds if the body can't be removed", async () => {
    const { schedules } = recurringSchedule((store) =>
      faultyStore(store, {
        before: ({ kind }) => (kind === "delete" ? new Error("it failed") : undefined),
      }),
    );
    await schedules.put("large", LARGE);
    expect(await schedules.delete("large")).toEqual({ outcome: "deleted" });
    expect(await schedules.get("large")).toBeUndefined();
  });
});
