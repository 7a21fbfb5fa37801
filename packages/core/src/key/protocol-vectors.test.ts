import { describe, expect, it } from "vitest";
import VECTORS from "../../protocol-vectors.json" with { type: "json" };
import { keywhenMetadata } from "../options/metadata.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { pendingKey } from "../scheduler/plan-key.js";
import { parseShardMapJson, shardsAt } from "../shards/shard-map.js";
import { keysOf, sweeperOf, testSchedule, writeByHand } from "../test-support/test-schedule.js";
import { codecV1 } from "./codec-v1.js";
import { shardName, shardOf } from "./delivery-id.js";
import { eventId } from "./event-id.js";
import { parseWakeUpId, wakeUpId } from "./wake-up-id.js";

// The vectors are published with the package, for writers in other languages. fixtures/make-protocol-vectors.py makes them.

const keyOf = ({
  at,
  bucket,
  key,
  deliveryId,
  suffix,
}: Omit<(typeof VECTORS.events)[number], "metadata">) => ({
  atMs: Date.parse(at),
  to: { bucket, key },
  deliveryId: deliveryId ?? undefined,
  suffix: suffix ?? undefined,
});

describe("the protocol's test vectors", () => {
  it("have the version and the prefix of this package", () => {
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

  it.each(VECTORS.expiringEvents)("write and read what expires: $note", (vector) => {
    const { expiresAfterMs, id, metadata } = vector;
    const key = { ...keyOf(vector), expiresAfterMs };
    expect(codecV1.encode(key)).toBe(id);
    expect(codecV1.decode(id)).toEqual(key);
    expect(keywhenMetadata(key.atMs, vector.deliveryId)).toEqual(metadata);
  });

  it("are the keys that writers put", () => {
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
    expect(parseWakeUpId(id)).toBeUndefined();
  });

  it.each(VECTORS.wakeUps)("write and read the wake-up $note", (vector) => {
    const { name, occurrence, at, bucket, key, token, id, metadata } = vector;
    const wakeUp = { atMs: Date.parse(at), to: { bucket, key }, name, occurrence, token };
    expect(wakeUpId(wakeUp)).toBe(id);
    const deliveryId = `${name}@${occurrence}`;
    expect(parseWakeUpId(id)).toEqual({ ...wakeUp, deliveryId, suffix: undefined });
    expect(codecV1.decode(id)).toBeUndefined();
    expect(metadata).toMatchObject(keywhenMetadata(wakeUp.atMs, deliveryId));
  });

  it("are what a sweep leaves in place", async () => {
    const schedule = testSchedule();
    for (const { id } of VECTORS.unrecognized) await writeByHand(schedule.store, id);
    expect(await sweeperOf(schedule).sweep()).toMatchObject({ due: 0, delivered: 0, dead: 0 });
    const left = (await keysOf(schedule.store, "schedule")).filter((key) =>
      /\/pending\//.test(key),
    );
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
    const schedule = testSchedule();
    schedule.clock.set("2026-12-24T07:00Z"); // an hour before each of them is due
    await writeByHand(schedule.store, id);
    const change = id.startsWith(at) ? { body: "new" } : { at };
    const moved = await createScheduler(schedule).reschedule(id, change);
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

  it.each(VECTORS.roots)("accept or refuse the root $root", ({ root, prefix, error }) => {
    const write = () => codecV1.pendingPrefix(codecV1.checkRoot(root));
    if (prefix !== null) expect(write()).toBe(prefix);
    else expect(write).toThrow(expect.objectContaining({ code: error }));
  });
});
