import assert from "node:assert/strict";
import { isStoreError } from "@keywhen/core/store";
import { bytesAt, bytesOf, manyBytes, proveSame, textAt } from "../bodies.js";
import { randomName, type Theme } from "../room.js";

const COPIED = { outcome: "copied" };
const MEGABYTE = 1_048_576;

/** A limit up to this is tried out, a larger one is believed. */
const LARGEST_TRIED = 32 * MEGABYTE;

const ODD_NAMES = [
  "2026-12-24T08:00:00.000Z|b|a/b.json|k3v9~3f9a01c7",
  "per%2Fcent +plus",
  "what?a=b&c=d#e;:@,$!*()'\"",
  "caf\u00e9 \u{1f4c5}",
];

export const copy: Theme = {
  name: "copy",
  proofs: {
    "copies between buckets and leaves the source": async ({ store, at, away }) => {
      await store.put(at("source"), bytesOf("body"));
      assert.deepEqual(await store.copy(at("source"), away("target")), COPIED);
      assert.equal(await textAt(store, away("target")), "body");
      assert.equal(await textAt(store, at("source")), "body");
      assert.equal(await store.head(at("target")), undefined);
    },
    "copies inside a bucket": async ({ store, at }) => {
      await store.put(at("source"), bytesOf("body"));
      assert.deepEqual(await store.copy(at("source"), at("deep/er/target")), COPIED);
      assert.equal(await textAt(store, at("deep/er/target")), "body");
    },
    "replaces the target": async ({ store, at, away }) => {
      await store.put(away("target"), bytesOf("a longer body that was there before"));
      await store.put(at("source"), bytesOf("body"));
      assert.deepEqual(await store.copy(at("source"), away("target")), COPIED);
      assert.equal(await textAt(store, away("target")), "body");
    },
    "makes a copy that does not depend on its source": async ({ store, at, away }) => {
      await store.put(at("source"), bytesOf("body"));
      await store.copy(at("source"), away("target"));
      await store.put(at("source"), bytesOf("changed"));
      assert.equal(await textAt(store, away("target")), "body");
      await store.delete(at("source").bucket, [at("source").key]);
      assert.equal(await textAt(store, away("target")), "body");
    },
    "says source-gone and leaves the target": async ({ store, at, away }) => {
      await store.put(away("target"), bytesOf("old"), { metadata: { old: "1" } });
      for (const metadata of [undefined, { new: "1" }]) {
        for (const name of ["target", "free"]) {
          const copied = await store.copy(at("never"), away(name), { metadata });
          assert.deepEqual(copied, { outcome: "source-gone" });
        }
      }
      assert.equal(await textAt(store, away("target")), "old");
      assert.deepEqual((await store.head(away("target")))?.metadata, { old: "1" });
      assert.equal(await store.head(away("free")), undefined);
    },
    "answers a copy of nothing to nowhere with either": async ({ store, at }) => {
      const nowhere = { bucket: `conformance-${randomName()}`, key: "key" };
      const outcome = await store.copy(at("never"), nowhere).then(
        (result) => result.outcome,
        (error: unknown) => (isStoreError(error) ? error.code : error),
      );
      assert.ok(["source-gone", "no-such-bucket"].includes(String(outcome)), String(outcome));
    },
    "never loses an object that is copied onto itself": async ({ store, at }) => {
      await store.put(at("object"), bytesOf("body"), { metadata: { old: "1" } });
      for (const metadata of [undefined, { new: "1" }]) {
        const copy = store.copy(at("object"), at("object"), { metadata });
        await copy.catch((error: unknown) => assert.ok(isStoreError(error), String(error)));
        assert.equal(await textAt(store, at("object")), "body");
      }
    },
    "copies from and to odd keys": async ({ store, at, away }) => {
      for (const name of ODD_NAMES) {
        await store.put(at(name), bytesOf(name));
        assert.deepEqual(await store.copy(at(name), away(name)), COPIED);
        assert.deepEqual(await store.copy(away(name), at(`again ${name}`)), COPIED);
        assert.equal(await textAt(store, at(`again ${name}`)), name);
      }
    },
    "copies an empty object": async ({ store, at, away }) => {
      await store.put(at("source"), new Uint8Array());
      assert.deepEqual(await store.copy(at("source"), away("target")), COPIED);
      assert.equal((await store.head(away("target")))?.size, 0);
    },
    "copies a large object byte for byte, with its headers": async ({ store, at, away }) => {
      const limit = store.capabilities.singleCopyMaxBytes;
      const bytes = manyBytes(limit <= LARGEST_TRIED ? limit + 1 : MEGABYTE);
      const headers = { contentType: "text/x-large", metadata: { "keywhen-id": "large" } };
      await store.put(at("source"), bytes, headers);
      assert.deepEqual(await store.copy(at("source"), away("target")), COPIED);
      proveSame(await bytesAt(store, away("target")), bytes);
      const { contentType, metadata } = (await store.head(away("target"))) ?? {};
      assert.deepEqual({ contentType, metadata }, headers);
    },
  },
};
