import assert from "node:assert/strict";
import { bytesOf, streamOf, textAt } from "../bodies.js";
import { refuses, soon, thrownBy } from "../refusals.js";
import type { Theme } from "../room.js";

export const cancellation: Theme = {
  name: "cancellation",
  proofs: {
    "does nothing if it is aborted before": async ({ store, at, away, buckets, prefix }) => {
      const signal = AbortSignal.abort();
      await store.put(at("object"), bytesOf("body"));
      await refuses(store.put(at("new"), bytesOf("new"), { signal }), "aborted");
      await refuses(store.put(at("object"), bytesOf("new"), { signal }), "aborted");
      await refuses(store.head(at("object"), { signal }), "aborted");
      await refuses(store.get(at("object"), { signal }), "aborted");
      await refuses(store.list({ bucket: buckets[0], prefix }, { signal }), "aborted");
      await refuses(store.copy(at("object"), away("copy"), { signal }), "aborted");
      await refuses(store.delete(buckets[0], [at("object").key], { signal }), "aborted");
      if (store.move) await refuses(store.move(at("object"), at("moved"), { signal }), "aborted");
      assert.equal(await textAt(store, at("object")), "body");
      for (const ref of [at("new"), at("moved"), away("copy")]) {
        assert.equal(await store.head(ref), undefined);
      }
    },
    "ends a put that is aborted while its body comes": async ({ store, at }) => {
      await store.put(at("old"), bytesOf("old body"));
      for (const name of ["old", "new"]) {
        const aborting = new AbortController();
        const neverEnding = async function* () {
          yield bytesOf("half ");
          aborting.abort();
          await new Promise<never>(() => undefined);
        };
        const { signal } = aborting;
        const put = store.put(at(name), streamOf(neverEnding()), { size: 9, signal });
        assert.equal((await soon(thrownBy(put))).code, "aborted");
        assert.equal(await textAt(store, at(name)), name === "old" ? "old body" : undefined);
      }
    },
  },
};
