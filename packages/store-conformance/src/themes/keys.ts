import assert from "node:assert/strict";
import { hasCode } from "@keywhen/core";
import type { NameLimits } from "@keywhen/core/store";
import { bytesOf, textAt } from "../bodies.js";
import { deleteKeys, inParallel } from "../calls.js";
import { refuses } from "../refusals.js";
import type { Room, Theme } from "../room.js";
import { inParts, ODD, overLimit, RISKY } from "../test-keys.js";

export const keys: Theme = {
  name: "keys",
  proofs: {
    "keeps odd keys unchanged and separate": async (room) => {
      await inParallel(ODD, (name) => room.store.put(room.at(name), bytesOf(name)));
      await proveKept(room, ODD);
    },
    "keeps riskier keys or refuses them, and never makes others of them": async (room) => {
      const isKeptAt = await inParallel(RISKY, (name) => isKept(room, name));
      const kept = RISKY.filter((_, index) => isKeptAt[index]);
      await proveKept(room, kept);
    },
    "keeps keys that are beginnings of others": async (room) => {
      const names = ["a", "a/b", "a/b/c", "a/b/c/d", "ab"];
      const left = names.filter((name) => name !== "a/b");
      for (const order of [names, names.toReversed()]) {
        await inParallel(order, (name) => room.store.put(room.at(name), bytesOf(name)));
        await proveKept(room, names);
        await room.store.delete(room.buckets[0], [room.at("a/b").key]);
        await proveKept(room, left);
      }
    },
    "deletes odd keys, one by one": async (room) => {
      await inParallel(ODD, (name) => room.store.put(room.at(name), bytesOf(name)));
      const left = new Set(ODD);
      for (const name of ODD.slice(0, 12)) {
        await room.store.delete(room.buckets[0], [room.at(name).key]);
        left.delete(name);
        await proveListed(room, [...left]);
      }
      const keys = [...left].map((name) => room.at(name).key);
      await deleteKeys(room.store, room.buckets[0], keys);
      await proveListed(room, []);
    },
    "keeps keys as long as the limit": async (room) => {
      const { limits } = room.store.capabilities;
      const names = longest(room.prefix, limits);
      await inParallel(names, (name) => room.store.put(room.at(name), bytesOf(name)));
      await proveKept(room, names);
      for (const name of names) {
        const copied = await room.store.copy(room.at(name), room.away(name));
        assert.deepEqual(copied, { outcome: "copied" });
        assert.equal(await textAt(room.store, room.away(name)), name);
      }
    },
    "refuses keys over the limit": async (room) => {
      const { store, prefix } = room;
      await store.put(room.at("source"), bytesOf("source"));
      for (const name of overLimit(prefix, store.capabilities.limits)) {
        await refuses(store.put(room.doubtful(name), bytesOf("body")), "invalid-key");
        await refuses(store.copy(room.at("source"), room.doubtful(name)), "invalid-key");
      }
      const nameless = { bucket: room.buckets[0], key: "" };
      await refuses(store.put(nameless, bytesOf("body")), "invalid-key");
      await proveListed(room, ["source"]);
    },
    "refuses a bucket's name over the limit": async ({ store }) => {
      const bucket = "b".repeat(store.capabilities.limits.bucketCharacters + 1);
      await refuses(store.put({ bucket, key: "key" }, bytesOf("body")), "invalid-key");
    },
  },
};

/** Each has its own name as its body; no others may be there. */
async function proveKept(room: Room, names: readonly string[]): Promise<void> {
  await proveListed(room, names);
  await inParallel(names, async (name) => {
    const body = await textAt(room.store, room.at(name));
    assert.equal(body, name, `body of ${JSON.stringify(name)}`);
    const head = await room.store.head(room.at(name));
    assert.equal(head?.size, bytesOf(name).length);
  });
}

async function proveListed(room: Room, names: readonly string[]): Promise<void> {
  const { objects } = await room.store.list({ bucket: room.buckets[0], prefix: room.prefix });
  const listed = objects.map(({ key }) => key.slice(room.prefix.length));
  assert.deepEqual(listed.toSorted(), names.toSorted());
}

async function isKept({ store, doubtful, at }: Room, name: string): Promise<boolean> {
  try {
    await store.put(doubtful(name), bytesOf(name));
    // Names it, so that it is cleaned up.
    at(name);
    return true;
  } catch (error) {
    if (hasCode(error, "invalid-key")) return false;
    throw error;
  }
}

/** In short parts, in parts of the limit, of two-byte characters. */
function longest(prefix: string, limits: NameLimits): string[] {
  const room = limits.keyBytes - prefix.length;
  const part = Math.min(limits.keySegmentCharacters ?? room, room);
  return [
    inParts("x", room, Math.min(part, 60)),
    inParts("y", room, part),
    inParts("\u00e9", Math.floor(room / 2), Math.min(part, 20)),
  ];
}
