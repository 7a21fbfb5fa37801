import { describe, expect, it } from "vitest";
import { keywhenMetadata } from "../../options/metadata.js";
import type { ObjectStore } from "../../store/object-store.js";
import { dueEvent } from "../../test-support/due-event.js";
import { failFirst, keysOf, NOON, storeError, testHome } from "../../test-support/test-home.js";
import { faultyStore, recordingStore } from "../../testing/faulty-store.js";
import type { DueEvent } from "../due-event.js";
import { type DeliverOptions, deliver } from "./deliver.js";

const NOON_MS = Date.parse(NOON);
const KEY = "keywhen/pending/event";
const EVENT = dueEvent("event", {
  key: KEY,
  atMs: NOON_MS - 1_000,
  deliveryId: "id",
  to: { bucket: "out", key: "k" },
  size: 7,
});
const NEW = {
  wasTried: () => false,
  mayBeDelivered: () => false,
  backsOffUntilMs: () => undefined,
};

/** One event that is due; `sent` tells the requests. */
async function setUp(
  makeStore?: (store: ObjectStore, home: ReturnType<typeof testHome>) => ObjectStore,
) {
  const home = testHome({ move: false });
  const metadata = keywhenMetadata(EVENT.atMs, "id");
  await home.store.put({ bucket: "schedule", key: KEY }, new Uint8Array(7), { metadata });
  const sent: string[] = [];
  const inner = makeStore?.(home.store, home) ?? home.store;
  const store = recordingStore(inner, ({ kind }) => sent.push(kind));
  const told: string[] = [];
  const abort = { start: new AbortController(), copy: new AbortController() };
  const options: DeliverOptions = {
    store,
    bucket: "schedule",
    clock: home.clock,
    now: home.clock.now,
    random: (bytes) => new Uint8Array(bytes),
    history: NEW,
    permit: () => undefined,
    copySignal: abort.copy.signal,
    startSignal: abort.start.signal,
    lookSignal: new AbortController().signal,
    onThrottled: (sentMs) => told.push(`throttled ${sentMs}`),
    onRepeat: (_, { code }) => told.push(`repeated ${code}`),
  };
  const run = async (
    changes: Partial<DeliverOptions> = {},
    event: DueEvent = EVENT,
    isFreed = false,
  ) => {
    const delivering = deliver({ ...options, ...changes }, event, isFreed);
    await home.clock.advance("30s");
    return delivering;
  };
  return { home, sent, told, abort, run };
}

describe("deliver()", () => {
  it("copies, and tells how late the copy began", async () => {
    const { home, sent, run } = await setUp();
    expect(await run()).toEqual({ outcome: "copied", isMoved: false, latenessMs: 1_000 });
    expect(sent).toEqual(["copy"]);
    expect(await keysOf(home.store, "out")).toEqual(["k"]);
  });

  it("sends nothing for what waits for its next try, unless its elder has just been delivered", async () => {
    const { sent, run } = await setUp();
    const history = { ...NEW, backsOffUntilMs: () => NOON_MS + 1 };
    expect(await run({ history })).toEqual({ outcome: "backing-off" });
    expect(sent).toEqual([]);
    expect(await run({ history }, EVENT, true)).toMatchObject({ outcome: "copied" });
  });

  it("looks first for what may be delivered, and copies what isn't there or is another event's", async () => {
    const { home, sent, run } = await setUp();
    const history = { ...NEW, mayBeDelivered: () => true };
    expect(await run({ history })).toMatchObject({ outcome: "copied" });
    expect(await run({ history })).toEqual({ outcome: "found" });
    await home.store.put(EVENT.to, new Uint8Array(), { metadata: keywhenMetadata(0, "id") });
    expect(await run({ history })).toMatchObject({ outcome: "copied" });
    expect(sent).toEqual(["head", "copy", "head", "head", "copy"]);
  });

  it("copies what may be delivered if it can't look, or nothing would tell", async () => {
    const { sent, run } = await setUp((store) =>
      faultyStore(store, { before: failFirst("head", 9, storeError("denied", "head")) }),
    );
    const history = { ...NEW, mayBeDelivered: () => true };
    expect(await run({ history })).toMatchObject({ outcome: "copied" });
    expect(await run({ history }, { ...EVENT, deliveryId: undefined })).toMatchObject({
      outcome: "copied",
    });
    expect(sent).toEqual(["head", "copy", "copy"]);
  });

  it.each(["throttled", "unavailable"] as const)(
    "looks again if the look is answered by %s, and copies only what isn't there",
    async (code) => {
      const { sent, run } = await setUp((store) =>
        faultyStore(store, { before: failFirst("head", 2, storeError(code, "head")) }),
      );
      const history = { ...NEW, mayBeDelivered: () => true };
      expect(await run({ history })).toMatchObject({ outcome: "copied" });
      expect(sent).toEqual(["head", "head", "head", "copy"]);
    },
  );

  it.each(["throttled", "unavailable", "unauthenticated"] as const)(
    "leaves what may be delivered for a later sweep if the look stays unanswered: %s",
    async (code) => {
      const cause = storeError(code, "head");
      const { sent, run } = await setUp((store) =>
        faultyStore(store, { before: failFirst("head", 9, cause) }),
      );
      const history = { ...NEW, mayBeDelivered: () => true };
      expect(await run({ history })).toMatchObject({
        outcome: "unseen",
        error: { code, undecided: true, operation: "head", cause },
      });
      expect(sent).not.toContain("copy");
    },
  );

  it("says that the event has gone if there is nothing to copy", async () => {
    const { home, run } = await setUp();
    await home.store.delete("schedule", [KEY]);
    expect(await run()).toEqual({ outcome: "gone" });
  });

  it("starts nothing early, nor when nothing new may start", async () => {
    const { sent, abort, run } = await setUp();
    expect(await run({ now: () => EVENT.atMs - 1 })).toEqual({ outcome: "untried" });
    expect(await run({ permit: () => "not-now" })).toEqual({ outcome: "untried" });
    abort.start.abort();
    expect(await run()).toEqual({ outcome: "untried" });
    expect(sent).toEqual([]);
  });

  it("delivers to the millisecond, and leaves what is too large for the time left", async () => {
    const { sent, run } = await setUp();
    expect(await run({ permit: (size) => ({ tooLarge: `${size} bytes` }) })).toMatchObject({
      outcome: "failed",
      wasSent: false,
      error: {
        code: "unavailable",
        undecided: false,
        operation: "copy",
        message: "copy out/k: 7 bytes",
      },
    });
    expect(sent).toEqual([]);
    expect(await run({ now: () => EVENT.atMs })).toMatchObject({ latenessMs: 0 });
  });
});

describe("deliver() of what fails", () => {
  it("tries what was throttled five times, with pauses, and tells each", async () => {
    const busy = storeError("throttled", "copy");
    const { sent, told, run } = await setUp((store) => faultyStore(store, { before: () => busy }));
    expect(await run()).toEqual({ outcome: "failed", error: busy, wasSent: true });
    expect(sent).toEqual(Array(5).fill("copy"));
    expect(told).toEqual([0, 50, 150, 350, 750].map((ms) => `throttled ${ms}`));
  });

  it("doesn't try again what was refused", async () => {
    const refused = storeError("denied", "copy");
    const { sent, told, run } = await setUp((store) =>
      faultyStore(store, { before: () => refused }),
    );
    expect(await run()).toEqual({ outcome: "failed", error: refused, wasSent: true });
    expect([sent, told]).toEqual([["copy"], []]);
  });

  it("counts an aborted copy as not sent, and finds one that arrived all the same", async () => {
    const aborted = storeError("aborted", "copy");
    const before = await setUp((store) =>
      faultyStore(store, { before: failFirst("copy", 9, aborted) }),
    );
    expect(await before.run()).toEqual({ outcome: "failed", error: aborted, wasSent: false });
    const after = await setUp((store) =>
      faultyStore(store, { after: failFirst("copy", 9, aborted) }),
    );
    expect(await after.run()).toMatchObject({ outcome: "copied", isMoved: false });
    expect(after.sent).toEqual(["copy", "head"]);
  });

  const lost = storeError("unavailable", "copy");

  it("sends a copy once more that failed at once and is not found, two seconds later", async () => {
    const { sent, told, run } = await setUp((store) =>
      faultyStore(store, { before: failFirst("copy", 1, lost) }),
    );
    expect(await run()).toEqual({ outcome: "copied", isMoved: false, latenessMs: 3_000 });
    expect(sent).toEqual(["copy", "head", "head", "copy"]);
    expect(told).toEqual(["repeated unavailable"]);
  });

  it("sends it once more only", async () => {
    const { sent, run } = await setUp((store) =>
      faultyStore(store, { before: failFirst("copy", 9, lost) }),
    );
    expect(await run()).toEqual({ outcome: "failed", error: lost, wasSent: true });
    expect(sent.filter((kind) => kind === "copy")).toHaveLength(2);
  });

  it("finds a copy that comes through late, and counts its lateness from its start", async () => {
    const { sent, run } = await setUp((store, { clock }) => ({
      ...store,
      copy: async (...call) => {
        void clock.sleep(1_000).then(() => store.copy(...call));
        throw lost;
      },
    }));
    expect(await run()).toEqual({ outcome: "copied", isMoved: false, latenessMs: 1_000 });
    expect(sent).toEqual(["copy", "head", "head"]);
  });

  it("sends nothing again if it can't look, if nothing would tell, or if it was long under way", async () => {
    const blind = await setUp((store) => {
      const failing = failFirst("copy", 9, lost);
      let heads = 0;
      return faultyStore(store, {
        before(request) {
          if (request.kind !== "head") return failing(request);
          heads += 1;
          return heads === 2 ? storeError("denied", "head") : undefined;
        },
      });
    });
    expect(await blind.run()).toMatchObject({ outcome: "failed", error: lost });
    expect(blind.sent).toEqual(["copy", "head", "head"]);

    const nameless = await setUp((store) =>
      faultyStore(store, { before: failFirst("copy", 9, lost) }),
    );
    const event = { ...EVENT, deliveryId: undefined };
    expect(await nameless.run({}, event)).toMatchObject({ outcome: "failed", error: lost });
    expect(nameless.sent).toEqual(["copy"]);

    for (const [ms, copies] of [
      [5_000, 2],
      [5_001, 1],
    ] as const) {
      const slow = await setUp((store, { clock }) => ({
        ...store,
        copy: async () => {
          await clock.sleep(ms);
          throw lost;
        },
      }));
      expect(await slow.run()).toMatchObject({ outcome: "failed", error: lost });
      expect(slow.sent.filter((kind) => kind === "copy")).toHaveLength(copies);
    }
  });

  it("stays undecided if the clock is set back before it is sent once more: it may have come through", async () => {
    let heads = 0;
    const { sent, run } = await setUp((store, { clock }) => {
      const failing = failFirst("copy", 9, lost);
      return faultyStore(store, {
        before(request) {
          if (request.kind === "head" && ++heads === 2) clock.set("2026-12-24T11:00Z");
          return failing(request);
        },
      });
    });
    expect(await run()).toEqual({ outcome: "failed", error: lost, wasSent: true });
    expect(sent).toEqual(["copy", "head", "head"]);
  });

  it("ends at once if nothing new may start while it waits", async () => {
    const { home, abort, sent, run } = await setUp((store) =>
      faultyStore(store, { before: failFirst("copy", 9, lost) }),
    );
    void home.clock.sleep(500).then(() => abort.start.abort());
    expect(await run()).toMatchObject({ outcome: "failed", error: lost });
    expect(sent).toEqual(["copy", "head"]);
  });
});

describe("deliver() where the store moves", () => {
  const moving = (move: "any-bucket" | "same-bucket" | "none") => {
    const build = (store: ObjectStore): ObjectStore => ({
      ...store,
      capabilities: { ...store.capabilities, move },
      move: async (source, target, options) => {
        const result = await store.copy(source, target, options);
        await store.delete(source.bucket, [source.key]);
        return result;
      },
    });
    return setUp(build);
  };
  const within: DueEvent = { ...EVENT, to: { bucket: "schedule", key: "reports/k" } };

  it.each([
    ["any-bucket", EVENT, true],
    ["same-bucket", EVENT, false],
    ["same-bucket", within, true],
    ["none", within, false],
  ] as const)("%s: to %o moved: %s", async (where, event, isMoved) => {
    const { home, sent, run } = await moving(where);
    const history = { ...NEW, mayBeDelivered: () => true };
    expect(await run({ history }, event)).toMatchObject({ outcome: "copied", isMoved });
    expect(sent).toEqual(isMoved ? ["move"] : ["head", "copy"]); // a move is never half done
    const waits = await home.store.head({ bucket: "schedule", key: KEY });
    expect(waits === undefined).toBe(isMoved);
  });

  it("looks at the target of a tried event and copies it where the store can't move it atomically", async () => {
    const refusal = storeError("not-supported", "move");
    const { home, sent, run } = await setUp((store) => ({
      ...store,
      capabilities: { ...store.capabilities, move: "any-bucket" },
      move: () => Promise.reject(refusal),
    }));
    expect(await run()).toEqual({ outcome: "copied", isMoved: false, latenessMs: 1_000 });
    const history = { ...NEW, mayBeDelivered: () => true };
    expect(await run({ history })).toEqual({ outcome: "found" });
    await home.store.delete("out", ["k"]);
    expect(await run({ history })).toMatchObject({ outcome: "copied", isMoved: false });
    expect(sent).toEqual(["move", "copy", "move", "head", "move", "head", "copy"]);
  });
});
