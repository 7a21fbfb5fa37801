import assert from "node:assert/strict";
import type { ListedObject, ListPage, ListRequest } from "@keywhen/core/store";
import { bytesOf } from "../bodies.js";
import { deleteKeys, inParallel } from "../calls.js";
import type { Proof, Room, Theme } from "../room.js";

/** Every printable ASCII character but `\`, which some stores can't have, and `/`, which is below. */
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  .filter((character) => !"\\/".includes(character))
  .map((character) => `k${character}z`);

/** In the order of UTF-8 bytes. By UTF-16 units the last two come before the two in front of them. */
const BEYOND_ASCII = ["a", "z", "\u00e9", "\u65e5", "\ufb00", "\uff5e", "\u{1d11e}", "\u{1f4c5}"];

/** In byte order; a walk through folders gives another. */
const NESTED = ["a", "a!", "a-b", "a/b", "a/b-c", "a/b/c", "a/b0", "a0", "aa/b", "ab"];

export const list: Theme = {
  name: "list",
  proofs: {
    "gives keys in ascending byte order": async (room) => {
      const names = [...PRINTABLE, ...NESTED];
      await fill(room, names.toReversed());
      assert.deepEqual(await namesOf(room, {}), names.toSorted());
    },
    "pages through keys outside of ASCII in one order, of UTF-8 or of UTF-16": ordered(
      async (room) => {
        await fill(room, BEYOND_ASCII);
        const all = await namesOf(room, {});
        const utf16 = BEYOND_ASCII.toSorted();
        assert.deepEqual(all, all.join() === utf16.join() ? utf16 : BEYOND_ASCII);
        for (const [index, name] of all.entries()) {
          const after = await namesOf(room, { startAfter: room.prefix + name });
          assert.deepEqual(after, all.slice(index + 1));
        }
        for (const limit of [1, 2, 3]) assert.deepEqual(await pagedNames(room, limit), all);
      },
    ),
    "reports size and time": async (room) => {
      await room.store.put(room.at("object"), bytesOf("12345"));
      const [object] = (await page(room, {})).objects;
      assert.equal(object?.size, 5);
      const away = Math.abs(Date.now() - (object?.lastModified.getTime() ?? 0));
      assert.ok(away < 60_000, `last modified ${away} ms from now`);
    },
    "gives only keys that begin with the prefix": async (room) => {
      await fill(room, ["al", "al!", "al/1", "al/2", "al0", "am", "a", "AL/1", "b/al/1"]);
      const begin = async (prefix: string) => namesOf(room, { prefix: room.prefix + prefix });
      assert.deepEqual(await begin("al/"), ["al/1", "al/2"]);
      assert.deepEqual(await begin("al"), ["al", "al!", "al/1", "al/2", "al0"]);
      assert.deepEqual(await begin("al/1"), ["al/1"]);
      assert.deepEqual(await begin("al/3"), []);
      assert.deepEqual(await begin("zz"), []);
    },
    "begins after a key, be it there or not": ordered(async (room) => {
      await fill(room, NESTED);
      for (const after of [...NESTED, "", "a ", "a/", "a/b/", "a/c", "aZ", "zz"]) {
        const names = await namesOf(room, { startAfter: room.prefix + after });
        const expected = NESTED.filter((name) => name > after);
        assert.deepEqual(names, expected, `after ${after}`);
      }
    }),
    "begins with the prefix if it starts after less, and is empty if after more": ordered(
      async (room) => {
        await fill(room, NESTED);
        const prefix = `${room.prefix}a/`;
        const from = (startAfter: string) => namesOf(room, { prefix, startAfter });
        const all = ["a/b", "a/b-c", "a/b/c", "a/b0"];
        assert.deepEqual(await from(""), all);
        assert.deepEqual(await from(`${room.prefix}a!`), all);
        assert.deepEqual(await from(`${room.prefix}a/b-c`), ["a/b/c", "a/b0"]);
        assert.deepEqual(await from(`${room.prefix}a0`), []);
      },
    ),
    "gives no more than the limit and says if there is more": ordered(async (room) => {
      await fill(room, NESTED);
      for (const limit of [1, 3, NESTED.length - 1]) {
        const { objects, more } = await page(room, { limit });
        assert.deepEqual([namesIn(room, objects), more], [NESTED.slice(0, limit), true]);
      }
      assert.equal((await page(room, { limit: NESTED.length + 1 })).more, false);
    }),
    "pages through all, however long the page": ordered(async (room) => {
      await fill(room, NESTED);
      for (const limit of [1, 2, 3, NESTED.length]) {
        assert.deepEqual(await pagedNames(room, limit), NESTED);
      }
    }),
    "pages through more than a thousand keys": ordered(async (room) => {
      const names = numbered(1_010);
      await fill(room, names);
      for (const limit of [undefined, 5_000]) {
        const first = await page(room, { limit });
        assert.ok(first.more && first.objects.length <= 1_000, "no more than 1,000 a page");
        assert.deepEqual(await pagedNames(room, limit), names);
      }
    }),
    "skips nothing if keys go and come between pages": ordered(async (room) => {
      const names = numbered(50);
      const seen: string[] = [];
      const came: string[] = [];
      await fill(room, names);
      await eachPage(room, 7, async (objects) => {
        seen.push(...namesIn(room, objects));
        await deleteKeys(room.store, room.buckets[0], objects.map(keyOf));
        if (seen.length >= names.length) return;
        const later = `z-${String(seen.length).padStart(4, "0")}`;
        await fill(room, [`0-${seen.length}`, later]);
        came.push(later);
      });
      assert.deepEqual(seen, [...names, ...came]);
    }),
    "shows a write and a delete immediately": async (room) => {
      for (const name of numbered(5)) {
        await fill(room, [name]);
        assert.deepEqual(await namesOf(room, {}), [name]);
        await room.store.delete(room.buckets[0], [room.at(name).key]);
        assert.deepEqual(await namesOf(room, {}), []);
      }
    },
    "keeps the two buckets apart": async (room) => {
      await fill(room, ["here"]);
      await room.store.put(room.away("there"), bytesOf("there"));
      assert.deepEqual(await namesOf(room, {}), ["here"]);
      assert.deepEqual(await namesOf(room, { bucket: room.buckets[1] }), ["there"]);
    },
  },
};

/** A store that doesn't list in order pages as it can; keywhen never pages through one. */
function ordered(proof: Proof): Proof {
  return async (room) => {
    if (room.store.capabilities.orderedList) await proof(room);
  };
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `key-${String(index).padStart(4, "0")}`);
}

async function fill({ store, at }: Room, names: readonly string[]): Promise<void> {
  await inParallel(names, (name) => store.put(at(name), bytesOf(name)));
}

function page({ store, buckets, prefix }: Room, request: Partial<ListRequest>): Promise<ListPage> {
  return store.list({ bucket: buckets[0], prefix, ...request });
}

async function namesOf(room: Room, request: Partial<ListRequest>): Promise<string[]> {
  const { objects, more } = await page(room, request);
  assert.equal(more, false);
  const names = namesIn(room, objects);
  return room.store.capabilities.orderedList ? names : names.toSorted();
}

function namesIn({ prefix }: Room, objects: readonly ListedObject[]): string[] {
  return objects.map(({ key }) => {
    assert.ok(key.startsWith(prefix), `${key} is outside of ${prefix}`);
    return key.slice(prefix.length);
  });
}

async function pagedNames(room: Room, limit: number | undefined): Promise<string[]> {
  const names: string[] = [];
  await eachPage(room, limit, async (objects) => void names.push(...namesIn(room, objects)));
  return names;
}

/** Pages as keywhen does, by the last key. Ends on any store, because every page must go on. */
async function eachPage(
  room: Room,
  limit: number | undefined,
  visit: (objects: readonly ListedObject[]) => Promise<void>,
): Promise<void> {
  let startAfter = "";
  const visited: string[] = [];
  for (let isMore = true; isMore; ) {
    const { objects, more } = await page(room, { startAfter, limit });
    const last = objects.at(-1);
    assert.ok(!more || last !== undefined, "a page is not empty while there is more");
    const early = objects.find(({ key }) => !isAfter(key, startAfter));
    assert.equal(early?.key, undefined, `a page that starts after ${startAfter} has no key before`);
    visited.push(...objects.map(keyOf));
    assert.equal(new Set(visited).size, visited.length, "no page repeats a key");
    await visit(objects);
    startAfter = last?.key ?? startAfter;
    isMore = more;
  }
}

/** The order of keys outside of ASCII is the store's. */
function isAfter(key: string, other: string): boolean {
  const isKnown = [key, other].every((name) => /^[ -~]*$/.test(name));
  return isKnown ? key > other : key !== other;
}

function keyOf({ key }: ListedObject): string {
  return key;
}
