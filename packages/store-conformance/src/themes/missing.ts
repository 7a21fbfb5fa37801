import assert from "node:assert/strict";
import { hasCode } from "@keywhen/core";
import type { ObjectRef } from "@keywhen/core/store";
import { bytesOf, textAt } from "../bodies.js";
import { refuses, thrownBy } from "../refusals.js";
import { randomName, type Theme } from "../room.js";

export const missing: Theme = {
  name: "missing",
  proofs: {
    "finds no object that isn't there": async ({ store, at, doubtful }) => {
      await store.put(at("folder/object"), bytesOf("body"));
      for (const name of ["never", "folder", "folder/", "folder/object/below", "folder/objec"]) {
        const found = await foundOrRefused(store.head(doubtful(name)));
        assert.equal(found, undefined, `head of ${name}`);
        assert.equal(await foundOrRefused(store.get(doubtful(name))), undefined, `get of ${name}`);
      }
    },
    "finds no object in a missing bucket": async ({ store }) => {
      const ref = nowhere();
      const missingBucket = (error: unknown) => {
        if (!hasCode(error, "no-such-bucket")) throw error;
      };
      assert.equal(await store.head(ref).catch(missingBucket), undefined);
      assert.equal(await store.get(ref).catch(missingBucket), undefined);
    },
    "puts nothing in a missing bucket": async ({ store }) => {
      const ref = nowhere();
      const error = await thrownBy(store.put(ref, bytesOf("body")));
      assert.deepEqual(
        [error.code, error.operation, error.bucket, error.key],
        ["no-such-bucket", "put", ref.bucket, ref.key],
      );
      await refuses(store.put(ref, bytesOf("body")), "no-such-bucket");
    },
    "lists no missing bucket": async ({ store }) => {
      await refuses(store.list({ bucket: nowhere().bucket }), "no-such-bucket");
    },
    "copies nothing to a missing bucket": async ({ store, at }) => {
      await store.put(at("source"), bytesOf("body"));
      await refuses(store.copy(at("source"), nowhere()), "no-such-bucket");
      assert.equal(await textAt(store, at("source")), "body");
    },
  },
};

function nowhere(): ObjectRef {
  return { bucket: `conformance-${randomName()}`, key: "key" };
}

/** A store that can't have such a key may say so. */
function foundOrRefused<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (hasCode(error, "invalid-key")) return undefined;
    throw error;
  });
}
