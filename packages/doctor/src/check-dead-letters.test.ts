import type { Finding, ObjectStore } from "@keywhen/core/store";
import { faultyStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import {
  NOON,
  storeError,
  sweeperOf,
  testSchedule,
  writeAllowed,
  writeByHand,
} from "../../core/src/test-support/test-schedule.js";
import { examineStore } from "./examine-store.js";

async function findingOf(
  options: Parameters<typeof examineStore>[0],
): Promise<Finding | undefined> {
  for await (const finding of examineStore(options)) {
    if (finding.name === "dead letters") return finding;
  }
  return undefined;
}

describe("checkDeadLetters()", () => {
  it("counts what was given up, and says what to do", async () => {
    const home = testSchedule();
    expect(await findingOf(home)).toEqual({ name: "dead letters", status: "ok", detail: "none" });
    for (const key of ["a", "b"]) await writeByHand(home.store, `${NOON}|wrong|${key}`);
    await writeAllowed(home.store);
    await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
    expect(await findingOf(home)).toEqual({
      name: "dead letters",
      status: "warn",
      detail: "2 could not be delivered",
      hint: expect.stringContaining("keywhen dead list"),
    });
  });

  it("counts one page only", async () => {
    const home = testSchedule();
    const list: ObjectStore["list"] = (page, call) => home.store.list({ ...page, limit: 1 }, call);
    for (const key of ["a", "b"]) await writeByHand(home.store, `${NOON}|wrong|${key}`);
    await writeAllowed(home.store);
    await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
    expect(await findingOf({ ...home, store: { ...home.store, list } })).toMatchObject({
      detail: "1 or more could not be delivered",
    });
  });

  it("only warns if it may not look", async () => {
    const home = testSchedule();
    const store = faultyStore(home.store, {
      before: ({ kind, key }) => (key === "keywhen/dead/" ? storeError("denied", kind) : undefined),
    });
    expect(await findingOf({ ...home, store })).toMatchObject({ status: "warn" });
  });
});
