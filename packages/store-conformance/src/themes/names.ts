import assert from "node:assert/strict";
import type { ObjectRef, ObjectStore } from "@keywhen/core/store";
import { bytesOf } from "../bodies.js";
import { inParallel } from "../calls.js";
import { refuses } from "../refusals.js";
import type { Theme } from "../room.js";
import { ODD, overLimit, RISKY } from "../test-keys.js";

/** The optional `nameProblem()`: a store without it passes. */
export const names: Theme = {
  name: "names",
  proofs: {
    "reports no problem of a name that it can hold": async ({ store, at, away }) => {
      for (const name of ODD) {
        assert.equal(problemOf(store, at(name)), undefined, JSON.stringify(name));
        assert.equal(problemOf(store, away(name)), undefined, JSON.stringify(name));
      }
    },
    "reports a problem of exactly the risky keys that it refuses": async (room) => {
      if (room.store.nameProblem === undefined) return;
      await inParallel(RISKY, async (name) => {
        const ref = room.doubtful(name);
        if (problemOf(room.store, ref) === undefined) {
          await room.store.put(ref, bytesOf(name));
          room.at(name); // names it, so that it is cleaned up
        } else await refuses(room.store.put(ref, bytesOf(name)), "invalid-key");
      });
    },
    "reports names over its limits and empty ones": async (room) => {
      const { store, buckets, prefix, doubtful } = room;
      if (store.nameProblem === undefined) return;
      const { limits } = store.capabilities;
      const bucket = "b".repeat(limits.bucketCharacters + 1);
      const hopeless = [
        ...overLimit(prefix, limits).map(doubtful),
        { bucket: buckets[0], key: "" },
        { bucket, key: "key" },
        { bucket: "", key: "key" },
      ];
      for (const ref of hopeless) {
        const problem = problemOf(store, ref);
        assert.ok(problem !== undefined, `${JSON.stringify(ref)} has a problem`);
      }
    },
    "words a problem as one clause": async ({ store, buckets }) => {
      if (store.nameProblem === undefined) return;
      const problem = problemOf(store, { bucket: buckets[0], key: "" }) ?? "";
      assert.match(problem, /^\S[^\n]*[^\s.]$/, "no line break, no full stop");
    },
  },
};

function problemOf(store: ObjectStore, ref: ObjectRef): string | undefined {
  return store.nameProblem?.(ref);
}
