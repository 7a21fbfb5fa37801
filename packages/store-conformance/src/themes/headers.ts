import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { ObjectHeaders, ObjectRef, ObjectStore } from "@keywhen/core/store";
import { bytesAt, bytesOf, proveSame, streamOf } from "../bodies.js";
import type { Theme } from "../room.js";

/** Really gzip: a client that unpacks it on the way shows. */
const BODY = new Uint8Array(gzipSync("packed"));

const HEADERS = {
  contentType: "application/vnd.keywhen+json; charset=utf-8",
  contentEncoding: "gzip",
  cacheControl: "private, max-age=60",
  metadata: {
    "keywhen-id": "order-42",
    "keywhen-at": "2026-12-24T08:00:00.000Z",
    "a-1": "! \"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ %41 MiXed",
    long: "0123456789".repeat(150),
  },
} satisfies ObjectHeaders;

export const headers: Theme = {
  name: "headers",
  proofs: {
    "keeps type, encoding, cache control and metadata": async ({ store, at }) => {
      await store.put(at("bytes"), BODY, HEADERS);
      await store.put(at("stream"), streamOf([BODY]), { ...HEADERS, size: BODY.length });
      for (const name of ["bytes", "stream"]) {
        assert.deepEqual(await headersAt(store, at(name)), HEADERS);
        proveSame(await bytesAt(store, at(name)), BODY);
      }
    },
    "gives the same headers by get as by head": async ({ store, at }) => {
      await store.put(at("object"), BODY, HEADERS);
      const opened = await store.get(at("object"));
      await opened?.body.cancel();
      assert.deepEqual(opened && headersOf(opened), HEADERS);
    },
    "adds no encoding and no metadata": async ({ store, at }) => {
      await store.put(at("object"), bytesOf("body"));
      const plain = await store.head(at("object"));
      assert.deepEqual([plain?.contentEncoding, plain?.metadata], [undefined, {}]);
    },
    "replaces all headers with the object": async ({ store, at }) => {
      await store.put(at("object"), BODY, HEADERS);
      await store.put(at("object"), bytesOf("body"), { contentType: "text/plain" });
      const { contentType, contentEncoding, metadata } = (await store.head(at("object"))) ?? {};
      assert.deepEqual([contentType, contentEncoding, metadata], ["text/plain", undefined, {}]);
    },
    "takes them along with a copy": async ({ store, at, away }) => {
      await store.put(at("source"), BODY, HEADERS);
      await store.put(away("target"), bytesOf("old"), { metadata: { old: "1" } });
      await store.copy(at("source"), away("target"));
      assert.deepEqual(await headersAt(store, away("target")), HEADERS);
      proveSame(await bytesAt(store, away("target")), BODY);
    },
    "replaces the metadata of a copy and nothing else": async ({ store, at, away }) => {
      await store.put(at("source"), BODY, HEADERS);
      for (const metadata of [{ other: "1", "keywhen-id": "order-43" }, {}]) {
        await store.copy(at("source"), away("target"), { metadata });
        assert.deepEqual(await headersAt(store, away("target")), { ...HEADERS, metadata });
        proveSame(await bytesAt(store, away("target")), BODY);
      }
      assert.deepEqual(await headersAt(store, at("source")), HEADERS);
    },
  },
};

async function headersAt(store: ObjectStore, ref: ObjectRef): Promise<ObjectHeaders | undefined> {
  const info = await store.head(ref);
  return info && headersOf(info);
}

function headersOf({ contentType, contentEncoding, cacheControl, metadata }: ObjectHeaders) {
  return { contentType, contentEncoding, cacheControl, metadata: { ...metadata } };
}
