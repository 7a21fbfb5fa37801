import type { Finding, ObjectStore } from "@keywhen/core/store";
import { faultyStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import {
  NOON,
  storeError,
  sweeperOf,
  testSchedule,
  writeByHand,
} from "../../core/src/test-support/test-schedule.js";
import { examineStore } from "./examine-store.js";

async function findingOf(
  options: Parameters<typeof examineStore>[0],
): Promise<Finding | undefined> {
  for await (const finding of examineStore(options)) {
    if (finding.name === "lease") return finding;
  }
  return undefined;
}

const putLease = (store: ObjectStore, text: string) =>
  store.put(
    { bucket: "schedule", key: "keywhen/lease/sweep.json" },
    new TextEncoder().encode(text),
  );

const heldUntil = (expires: string) =>
  JSON.stringify({ holders: [{ owner: "web-1/x", until: NOON, expires }], nonce: "n" });

describe("checkLease()", () => {
  it("reports whether a sweeper has taken the lease, and which one holds it", async () => {
    const home = testSchedule();
    expect(await findingOf(home)).toMatchObject({
      status: "ok",
      detail: "no sweeper has taken it so far",
    });
    await writeByHand(home.store, `${NOON}|out|k`);
    await sweeperOf(home).sweep();
    expect(await findingOf(home)).toMatchObject({ detail: "no sweeper is at work right now" });
    await putLease(home.store, heldUntil("2026-12-24T12:01:00.000Z"));
    expect(await findingOf(home)).toMatchObject({
      status: "ok",
      detail: "held by web-1/x until 2026-12-24T12:01:00.000Z or longer",
    });
    await putLease(
      home.store,
      heldUntil("2026-12-24T12:01:00.000Z").replace(/(\{"owner.*?\})/, "$1,$1,$1"),
    );
    expect(await findingOf(home)).toMatchObject({
      detail: "held by web-1/x until 2026-12-24T12:01:00.000Z or longer, and 2 more",
    });
    await putLease(home.store, heldUntil("2026-12-24T11:00:00.000Z"));
    expect(await findingOf(home)).toMatchObject({ detail: "no sweeper is at work right now" });
  });

  it("warns of an object that is not a lease, and leaves it alone", async () => {
    const home = testSchedule();
    await putLease(home.store, "hello");
    expect(await findingOf(home)).toMatchObject({
      status: "warn",
      detail: "keywhen/lease/sweep.json is not a lease",
      hint: expect.stringContaining("the next sweep replaces it"),
    });
    const opened = await home.store.get({ bucket: "schedule", key: "keywhen/lease/sweep.json" });
    expect(await new Response(opened?.body).text()).toBe("hello");
  });

  it("only warns if it may not look, or if the store can't have a lease", async () => {
    const home = testSchedule();
    const store = faultyStore(home.store, {
      before: ({ kind }) => (kind === "get" ? storeError("denied", kind) : undefined),
    });
    expect(await findingOf({ ...home, store })).toMatchObject({ status: "warn" });
    const capabilities = { ...home.store.capabilities, putIfVersion: false };
    expect(await findingOf({ ...home, store: { ...home.store, capabilities } })).toMatchObject({
      status: "warn",
      hint: "run one sweeper at a time; for an S3 endpoint that honors conditional puts, set its service",
    });
  });
});
