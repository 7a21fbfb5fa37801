import { type ObjectStore, ObjectStoreError } from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore, recordingStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import {
  keysOf,
  NOON,
  storeError,
  testSchedule,
  writeByHand,
} from "../../core/src/test-support/test-schedule.js";
import { examineStore } from "./examine-store.js";
import { examine, failedIn, named } from "./testing/examine.js";

describe("examineStore()", () => {
  it("finds nothing wrong with a store that keeps its promises", async () => {
    const findings = await examine({ ...testSchedule(), probe: true, allowTargets: ["out/*"] });
    expect(findings.map(({ name, status }) => `${status} ${name}`)).toEqual([
      "ok store",
      "ok lag",
      "ok clock",
      "ok dead letters",
      "ok lease",
      "ok shard map",
      "ok put",
      "ok get",
      "ok copy",
      "ok delete",
      "ok list order",
      "ok put if absent",
      "ok put if version",
      "ok target out/*",
      "ok clean-up",
    ]);
  });

  it("only reads unless `probe` is set", async () => {
    const home = testSchedule();
    const kinds = new Set<string>();
    const store = recordingStore(home.store, ({ kind }) => kinds.add(kind));
    await examine({ ...home, store, allowTargets: ["out/*"] });
    expect([...kinds]).toEqual(["list", "get"]);
  });

  it("leaves nothing behind, and never writes to a target", async () => {
    const home = testSchedule();
    const written = new Set<string>();
    const store = recordingStore(home.store, ({ kind, bucket, key }) => {
      if (kind === "put") written.add(`${bucket}/${key}`.replace(/[0-9a-f]{12}/, "RUN"));
    });
    await examine({ ...home, store, probe: true, allowTargets: ["out/*", "out/k"] });
    expect(written.size).toBeGreaterThan(5);
    for (const key of written) expect(key).toMatch(/^schedule\/keywhen\/probe\/RUN\//);
    expect(await keysOf(home.store, "schedule")).toEqual([]);
    expect(await keysOf(home.store, "out")).toEqual([]);
  });

  it("fails for a listing that does not advance, as some S3 clones ignore startAfter", async () => {
    const home = testSchedule();
    for (const second of [1, 2, 3]) {
      await writeByHand(home.store, `2026-12-24T13:00:0${second}.000Z|out|k|id`);
    }
    const list: ObjectStore["list"] = async ({ bucket, prefix }, call) => {
      const { objects } = await home.store.list({ bucket, prefix, limit: 2 }, call);
      return { objects, more: true };
    };
    expect(named(await examine({ ...home, store: { ...home.store, list } }), "list order")).toEqual(
      expect.objectContaining({
        status: "fail",
        detail: expect.stringContaining("does not advance"),
      }),
    );
  });

  it("refuses a value that is not a signal before anything is sent", async () => {
    const options = { ...testSchedule(), signal: new AbortController() as never };
    await expect(examine(options)).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringContaining("signal must be an AbortSignal"),
    });
  });

  it("cleans up when it is aborted or left in the middle", async () => {
    const home = testSchedule();
    const stop = new AbortController();
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "copy") stop.abort();
    });
    const aborted = examine({ ...home, store, probe: true, signal: stop.signal });
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    expect(await keysOf(home.store, "schedule")).toEqual([]);
    for await (const { name } of examineStore({ ...home, probe: true })) if (name === "put") break;
    expect(await keysOf(home.store, "schedule")).toEqual([]);
  });

  it.each([
    ["denied", /grant this identity the permission to list in bucket schedule/],
    ["unauthenticated", /provide, correct or renew the credentials/],
    ["no-such-bucket", /create bucket b/],
    ["unavailable", /check the network/],
    ["not-supported", /another store/],
    ["throttled", /is less busy/],
    ["unexpected", /report it with this line/],
  ] as const)("says what to do about a store that can't be read: %s", async (code, hint) => {
    const home = testSchedule();
    const operation = "list";
    const bucket = code === "denied" ? "schedule" : "b";
    const error = new ObjectStoreError({ code, operation, bucket, message: "words" });
    const store = faultyStore(home.store, { before: () => error });
    const findings = await examine({ ...home, store, probe: true });
    expect(findings).toEqual([
      { name: "store", status: "fail", detail: error.message, hint: expect.stringMatching(hint) },
    ]);
  });

  it.each(["put", "get", "copy", "delete"] as const)(
    "names the right to %s as missing",
    async (kind) => {
      const home = testSchedule();
      const denied = storeError("denied", kind);
      const store = faultyStore(home.store, {
        before: (request) => (request.kind === kind ? denied : undefined),
      });
      const findings = await examine({ ...home, store, probe: true });
      expect(named(findings, kind)).toMatchObject({ status: "fail", detail: denied.message });
    },
  );
});

describe("examineStore() without a probe", () => {
  it("sees a wrong order among the keys that are there", async () => {
    const home = testSchedule();
    for (const id of ["2097-01-01T00:00:00.000Z|o|k|a", "2096-01-01T00:00:00.000Z|o|k|b"]) {
      await writeByHand(home.store, id);
    }
    expect(named(await examine(home), "list order")?.detail).toBe("2 keys in byte order");
    const list: ObjectStore["list"] = async (page, call) => {
      const { objects, more } = await home.store.list(page, call);
      return { objects: objects.toReversed(), more };
    };
    expect(failedIn(await examine({ ...home, store: { ...home.store, list } }))).toEqual([
      "list order",
    ]);
  });

  it("sees whether the listing goes on behind a full page", async () => {
    const home = testSchedule();
    for (const id of ["2097-01-01T00:00:00.000Z|o|k|a", "2098-01-01T00:00:00.000Z|o|k|b"]) {
      await writeByHand(home.store, id);
    }
    const orderOf = async (list: ObjectStore["list"]) =>
      named(await examine({ ...home, store: { ...home.store, list } }), "list order");
    const goesOn = await orderOf((page, call) => home.store.list({ ...page, limit: 1 }, call));
    expect(goesOn?.status).toBe("ok");
    const begins = await orderOf(({ startAfter: _, ...page }, call) =>
      home.store.list({ ...page, limit: 1 }, call),
    );
    expect(begins).toMatchObject({
      status: "fail",
      detail: expect.stringContaining("the listing does not advance"),
    });
  });
});

describe("examineStore() of targets", () => {
  it.each([true, false])("finds a bucket that isn't there (probe: %s)", async (probe) => {
    const clock = manualClock(NOON);
    const store = memoryStore({ clock, buckets: ["schedule", "out"] });
    const home = { store, bucket: "schedule", clock };
    const findings = await examine({ ...home, probe, allowTargets: ["out/*", "typo/a/*"] });
    expect(failedIn(findings)).toEqual(["target typo/a/*"]);
  });

  it("says what is known of a target without writing to it", async () => {
    const home = testSchedule();
    const listed = await examine({ ...home, allowTargets: ["out/*"] });
    expect(named(listed, "target out/*")).toMatchObject({
      status: "ok",
      detail: "bucket out can be listed",
    });
    const list: ObjectStore["list"] = async (page, call) =>
      page.bucket === "out"
        ? { objects: [], more: false, isBucketMissing: true }
        : home.store.list(page, call);
    const missing = await examine({
      ...home,
      store: { ...home.store, list },
      allowTargets: ["out/*"],
    });
    expect(named(missing, "target out/*")?.detail).toBe(
      "bucket out will be created by the first delivery",
    );
    const probed = await examine({ ...home, probe: true, allowTargets: ["out/*"] });
    expect(named(probed, "target out/*")?.detail).toBe(
      "accepts copies, as far as a check without writing can show",
    );
    const denied = storeError("denied", "list");
    const store = faultyStore(home.store, {
      before: ({ kind, bucket }) => (kind === "list" && bucket === "out" ? denied : undefined),
    });
    const unlisted = await examine({ ...home, store, allowTargets: ["out/*"] });
    expect(named(unlisted, "target out/*")?.detail).toBe(
      "can't be listed with this identity's permissions, but sweeps do not need that",
    );
  });

  it("does not mind a target that can only be written to", async () => {
    const home = testSchedule();
    const denied = storeError("denied", "list");
    const store = faultyStore(home.store, {
      before: ({ kind, bucket }) => (kind === "list" && bucket === "out" ? denied : undefined),
    });
    expect(failedIn(await examine({ ...home, store, allowTargets: ["out/*", "*"] }))).toEqual([]);
  });

  it("refuses patterns and options that can't be right before it asks anything", async () => {
    const home = testSchedule();
    const wrong = examine({ ...home, allowTargets: ["out"] });
    await expect(wrong).rejects.toMatchObject({ code: "invalid-option" });
    const typo = Reflect.apply(examine, undefined, [{ ...home, prob: true }]);
    await expect(typo).rejects.toThrow(/no option "prob"/);
    await expect(examine({ ...home, bucket: "" })).rejects.toThrow(/bucket is empty/);
  });
});
