import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { keywhenMetadata } from "../options/metadata.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { pendingKey } from "../scheduler/plan-key.js";
import { parseShardMapJson, shardsAt } from "../shards/shard-map.js";
import { keysOf, sweeperOf, testSchedule, writeByHand } from "../test-support/test-schedule.js";
import { codecV1 } from "./codec-v1.js";
import { shardName, shardOf } from "./delivery-id.js";
import { eventId } from "./event-id.js";

interface Target {
  readonly note: string;
  readonly at: string;
  readonly bucket: string;
  readonly key: string;
  readonly deliveryId: string | null;
}

interface Vectors {
  readonly protocol: number;
  readonly prefix: string;
  readonly events: readonly (Target & {
    readonly suffix: string | null;
    readonly id: string;
    readonly metadata: Readonly<Record<string, string>> | null;
  })[];
  readonly unrecognized: readonly {
    readonly reason: string;
    readonly note: string;
    readonly id: string;
  }[];
  readonly refused: readonly (Target & { readonly deliveryId: string; readonly error: string })[];
  readonly moments: readonly { readonly given: string; readonly when: string }[];
  readonly moves: readonly {
    readonly note: string;
    readonly id: string;
    readonly at: string;
    readonly movedId: string;
  }[];
  readonly shards: readonly {
    readonly deliveryId: string;
    readonly shards: number;
    readonly prefix: string;
  }[];
  readonly shardMaps: readonly {
    readonly note: string;
    readonly text: string;
    readonly at: string;
    readonly shards: number | null;
  }[];
  readonly roots: readonly {
    readonly root: string;
    readonly prefix: string | null;
    readonly error: string | null;
  }[];
}

/** Published with the package, for writers in other languages; made by one: see fixtures/make-protocol-vectors.py. */
const VECTORS: Vectors = JSON.parse(
  readFileSync(new URL("../../protocol-vectors.json", import.meta.url), "utf8"),
);

const keyOf = ({ at, bucket, key, deliveryId, suffix }: Vectors["events"][number]) => ({
  atMs: Date.parse(at),
  to: { bucket, key },
  deliveryId: deliveryId ?? undefined,
  suffix: suffix ?? undefined,
});

describe("the protocol's test vectors", () => {
  it("are of the protocol that is spoken here", () => {
    expect(VECTORS.protocol).toBe(1);
    expect(codecV1.pendingPrefix("keywhen")).toBe(VECTORS.prefix);
  });

  it.each(VECTORS.events)("write and read $note", (vector) => {
    const key = keyOf(vector);
    expect(codecV1.encode(key)).toBe(vector.id);
    expect(codecV1.decode(vector.id)).toEqual(key);
    if (key.deliveryId === undefined) return;
    expect(keywhenMetadata(key.atMs, key.deliveryId)).toEqual(vector.metadata);
  });

  it("tell the keys that writers put", () => {
    const writable = VECTORS.events.filter(
      ({ deliveryId, suffix }) => deliveryId !== null && suffix === null,
    );
    expect(writable.length).toBeGreaterThan(30);
    for (const { at, bucket, key, deliveryId, id } of writable) {
      const event = { at, to: { bucket, key }, deliveryId: deliveryId ?? "" };
      expect(pendingKey(event)).toEqual({ key: VECTORS.prefix + id, id });
      expect(eventId(event)).toBe(id);
    }
  });

  it.each(VECTORS.unrecognized)("do not recognize $note ($reason)", ({ id }) => {
    expect(codecV1.decode(id)).toBeUndefined();
  });

  it("tell what a sweep leaves as it is", async () => {
    const home = testSchedule();
    for (const { id } of VECTORS.unrecognized) await writeByHand(home.store, id);
    expect(await sweeperOf(home).sweep()).toMatchObject({ due: 0, delivered: 0, dead: 0 });
    const left = (await keysOf(home.store, "schedule")).filter((key) => /\/pending\//.test(key));
    expect(left).toHaveLength(VECTORS.unrecognized.length);
  });

  it.each(VECTORS.refused)("refuse to write $note: $error", (vector) => {
    const { at, bucket, key, deliveryId, error } = vector;
    expect(() => pendingKey({ at, to: { bucket, key }, deliveryId })).toThrow(
      expect.objectContaining({ code: error }),
    );
  });

  it.each(VECTORS.moments)("write $given as $when", ({ given, when }) => {
    const id = eventId({ at: given, to: { bucket: "b", key: "k" }, deliveryId: "id" });
    expect(id).toBe(`${when}|b|k|id`);
  });

  it.each(VECTORS.moves)("move $note", async ({ id, at, movedId }) => {
    const home = testSchedule();
    home.clock.set("2026-12-24T07:00Z"); // an hour before each of them is due
    await writeByHand(home.store, id);
    const moved = await createScheduler(home).reschedule(id, { at });
    expect(moved).toMatchObject({ outcome: "rescheduled", id: movedId });
  });

  it.each(VECTORS.shards)("put $deliveryId of $shards under $prefix", async (vector) => {
    const { deliveryId, shards, prefix } = vector;
    const written =
      shards === 0
        ? codecV1.pendingPrefix("keywhen")
        : codecV1.shardPrefix?.("keywhen", shardName(await shardOf(deliveryId, shards)));
    expect(written).toBe(prefix);
  });

  it.each(VECTORS.shardMaps)(
    "read $shards shards from a shard map $note",
    ({ text, at, shards }) => {
      const shardMap = parseShardMapJson(text);
      expect(shardMap === undefined ? null : shardsAt(shardMap, Date.parse(at))).toBe(shards);
    },
  );

  it.each(VECTORS.roots)("know the root $root", ({ root, prefix, error }) => {
    const write = () => codecV1.pendingPrefix(codecV1.checkRoot(root));
    if (prefix !== null) expect(write()).toBe(prefix);
    else expect(write).toThrow(expect.objectContaining({ code: error }));
  });
});
