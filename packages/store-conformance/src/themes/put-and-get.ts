import assert from "node:assert/strict";
import { bytesAt, bytesOf, inChunks, manyBytes, proveSame, streamOf, textAt } from "../bodies.js";
import { thrownBy } from "../refusals.js";
import type { Theme } from "../room.js";

const MEGABYTE = 1_048_576;

export const putAndGet: Theme = {
  name: "put and get",
  proofs: {
    "gives back what was put, with its size and version": async ({ store, at }) => {
      const put = await store.put(at("object"), bytesOf("body"));
      assert.equal(put.outcome, "written");
      const head = await store.head(at("object"));
      assert.deepEqual([head?.size, head?.version], [4, put.version]);
      const opened = await store.get(at("object"));
      assert.deepEqual([opened?.size, opened?.version], [4, put.version]);
      await opened?.body.cancel();
      assert.equal(await textAt(store, at("object")), "body");
    },
    "keeps an empty body": async ({ store, at }) => {
      await store.put(at("bytes"), new Uint8Array());
      await store.put(at("stream"), streamOf([]));
      for (const name of ["bytes", "stream"]) {
        assert.equal((await store.head(at(name)))?.size, 0);
        assert.equal(await textAt(store, at(name)), "");
      }
    },
    "keeps every byte from 0 to 255": async ({ store, at }) => {
      const bytes = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
      await store.put(at("object"), bytes);
      proveSame(await bytesAt(store, at("object")), bytes);
    },
    "keeps a megabyte": async ({ store, at }) => {
      await store.put(at("object"), manyBytes(MEGABYTE));
      proveSame(await bytesAt(store, at("object")), manyBytes(MEGABYTE));
    },
    "keeps a stream of known size": async ({ store, at }) => {
      const bytes = manyBytes(MEGABYTE);
      await store.put(at("object"), streamOf(inChunks(bytes, 60_000)), { size: MEGABYTE });
      proveSame(await bytesAt(store, at("object")), bytes);
    },
    "keeps a stream of unknown size": async ({ store, at }) => {
      const bytes = manyBytes(MEGABYTE);
      const put = await store.put(at("object"), streamOf(inChunks(bytes, 60_000)));
      assert.equal(put.outcome, "written");
      assert.equal((await store.head(at("object")))?.version, put.version);
      proveSame(await bytesAt(store, at("object")), bytes);
    },
    "replaces an object by a longer and by a shorter one": async ({ store, at }) => {
      for (const text of ["first", "the second is longer", "3rd"]) {
        await store.put(at("object"), bytesOf(text));
        assert.equal(await textAt(store, at("object")), text);
        assert.equal((await store.head(at("object")))?.size, text.length);
      }
    },
    "gives another body another version": async ({ store, at }) => {
      const first = await store.put(at("object"), bytesOf("first"));
      const second = await store.put(at("object"), bytesOf("other"));
      assert.ok(first.outcome === "written" && second.outcome === "written");
      assert.notEqual(first.version, second.version);
    },
    "keeps its bytes if the caller changes theirs": async ({ store, at }) => {
      const mine = bytesOf("body");
      await store.put(at("bytes"), mine);
      await store.put(at("stream"), streamOf([mine]));
      mine.fill(0);
      for (const name of ["bytes", "stream"]) {
        (await bytesAt(store, at(name)))?.fill(0);
        const opened = await store.get(at(name));
        for await (const chunk of opened?.body ?? []) chunk.fill(0);
        assert.equal(await textAt(store, at(name)), "body");
      }
    },
    "lets a reader leave before the end": async ({ store, at }) => {
      await store.put(at("object"), manyBytes(MEGABYTE));
      const opened = await store.get(at("object"));
      await opened?.body.cancel();
      assert.equal((await bytesAt(store, at("object")))?.length, MEGABYTE);
    },
    "shows nothing of a body before all of it is there": async ({ store, at, prefix, buckets }) => {
      await store.put(at("old"), bytesOf("old body"));
      for (const [name, before] of [
        ["old", { sizes: [8], text: "old body" }],
        ["new", { sizes: [], text: undefined }],
      ] as const) {
        const seen: unknown[] = [];
        const watched = async function* () {
          yield bytesOf("new ");
          const { objects } = await store.list({ bucket: buckets[0], prefix: prefix + name });
          const sizes = objects.map(({ size }) => size);
          seen.push({ sizes, text: await textAt(store, at(name)) });
          yield bytesOf("body!");
        };
        await store.put(at(name), streamOf(watched()), { size: 9 });
        assert.deepEqual(seen, [before]);
        assert.equal(await textAt(store, at(name)), "new body!");
      }
    },
    "leaves what was there if a stream breaks off": async ({ store, at }) => {
      await store.put(at("old"), bytesOf("old body"));
      for (const name of ["old", "new"]) {
        for (const size of [undefined, 9]) {
          const call = store.put(at(name), streamOf(breakingOff()), { size });
          await thrownBy(call);
          assert.equal(await textAt(store, at(name)), name === "old" ? "old body" : undefined);
        }
      }
    },
    "refuses a stream that is longer or shorter than its size": async ({ store, at }) => {
      await store.put(at("old"), bytesOf("old body"));
      for (const name of ["old", "new"]) {
        for (const size of [3, 5]) {
          await thrownBy(store.put(at(name), streamOf([bytesOf("four")]), { size }));
          assert.equal(await textAt(store, at(name)), name === "old" ? "old body" : undefined);
        }
      }
    },
  },
};

async function* breakingOff() {
  yield bytesOf("half ");
  throw new Error("the body breaks off");
}
