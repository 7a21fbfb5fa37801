import assert from "node:assert/strict";
import type { ObjectRef, ObjectStore } from "@keywhen/core/store";
import { MEBIBYTE, manyBytes } from "./many-bytes.js";
import { ODD_KEYS } from "./odd-keys.js";
import { storeErrorOf, streamOf } from "./store-operations.js";

const SMALL_COPY_BYTES = 5 * MEBIBYTE;

export const CEPH_BUCKETS = ["ceph-here", "ceph-away"] as const;
const [HERE, AWAY] = CEPH_BUCKETS;

/** A store on a Ceph gateway with both buckets, and its client. */
export interface S3OnCeph {
  readonly open: (options?: { readonly singleCopyMaxBytes?: number }) => ObjectStore;
  readonly withWrongSecret: () => ObjectStore;
  readonly write: (ref: ObjectRef, body: Buffer, written: typeof WRITTEN) => Promise<unknown>;
  /** Without metadata, ETag and time. */
  readonly headersOf: (ref: ObjectRef) => Promise<object>;
  readonly openUploads: (bucket: string) => Promise<number>;
}

const WRITTEN = {
  headers: {
    "Content-Type": "text/x",
    "Content-Encoding": "gzip",
    "Content-Language": "de",
    "Content-Disposition": "inline",
    "Cache-Control": "no-store",
    Expires: "Wed, 25 Nov 2026 08:00:00 GMT",
  },
  metadata: { "keywhen-id": "1", other: "2" },
};

export const S3_ON_CEPH: Readonly<Record<string, (ceph: S3OnCeph) => Promise<void>>> = {
  async "copies in parts with every header and the metadata"(ceph) {
    const store = ceph.open({ singleCopyMaxBytes: SMALL_COPY_BYTES });
    const body = manyBytes(12 * MEBIBYTE);
    const source = here("large ü+|");
    await ceph.write(source, body, WRITTEN);
    const kinds: string[] = [];
    const options = { size: body.length, onRequest: (kind: string) => kinds.push(kind) };
    assert.deepEqual(await store.copy(source, away("t"), options), { outcome: "copied" });
    assert.deepEqual(kinds, ["head", "get", "copy", "copy", "copy", "copy", "copy"]);
    assert.equal(Buffer.compare(await bytesAt(store, away("t")), body), 0);
    const headers = await ceph.headersOf(source);
    const shown = JSON.stringify(headers);
    for (const value of Object.values(WRITTEN.headers).slice(0, 5))
      assert.ok(shown.includes(value));
    assert.deepEqual(await ceph.headersOf(away("t")), headers);
    assert.deepEqual((await store.head(away("t")))?.metadata, WRITTEN.metadata);

    const metadata = { "keywhen-id": "3" };
    await store.copy(source, away("t"), { size: body.length, metadata });
    assert.deepEqual(await ceph.headersOf(away("t")), headers);
    assert.deepEqual((await store.head(away("t")))?.metadata, metadata);
    assert.equal(await ceph.openUploads(AWAY), 0);
  },

  async "calls no source gone that the store only can't copy in parts"(ceph) {
    const store = ceph.open({ singleCopyMaxBytes: SMALL_COPY_BYTES });
    await store.put(here("100%"), manyBytes(6 * MEBIBYTE));
    const copy = store.copy(here("100%"), away("100%"), { size: 6 * MEBIBYTE });
    // Ceph 16 decodes such a key twice; a later one may copy it.
    const outcome = await copy.catch((error: unknown) => error);
    assert.notDeepEqual(outcome, { outcome: "source-gone" });
    assert.equal(await ceph.openUploads(AWAY), 0);
  },

  async "finds the source of a copy in parts gone"(ceph) {
    const copied = await ceph.open().copy(here("never"), away("never"), { size: 1e10 });
    assert.deepEqual(copied, { outcome: "source-gone" });
  },

  async "puts a stream of unknown length in parts, with its headers"(ceph) {
    const store = ceph.open();
    const bytes = manyBytes(20 * MEBIBYTE + 7);
    const headers = { contentType: "text/x", cacheControl: "no-store", metadata: { a: "1" } };
    const put = await store.put(here("stream"), streamOf(...inChunks(bytes, 700_001)), headers);
    assert.equal(put.outcome, "written");
    assert.equal(Buffer.compare(await bytesAt(store, here("stream")), bytes), 0);
    const { contentType, cacheControl, metadata, size, version } = await foundAt(
      store,
      here("stream"),
    );
    assert.deepEqual({ contentType, cacheControl, metadata }, headers);
    assert.deepEqual({ outcome: "written", version }, put);
    assert.equal(size, bytes.length);
    assert.equal(await ceph.openUploads(HERE), 0);
  },

  async "puts a large stream of known length in one request, under a condition too"(ceph) {
    const store = ceph.open();
    const ref = here("known");
    const bytes = manyBytes(9 * MEBIBYTE);
    const options = { size: bytes.length, condition: { if: "absent" } } as const;
    const put = () => store.put(ref, streamOf(...inChunks(bytes, MEBIBYTE)), options);
    assert.equal((await put()).outcome, "written");
    assert.deepEqual(await put(), { outcome: "exists" });
    assert.equal(Buffer.compare(await bytesAt(store, ref), bytes), 0);
  },

  "leaves no object and no parts of a stream of unknown length that breaks off": (ceph) =>
    leavesNothingOfABrokenStream(ceph, undefined),

  "leaves no object and no parts of a stream of known length that breaks off": (ceph) =>
    leavesNothingOfABrokenStream(ceph, 40 * MEBIBYTE),

  async "leaves no object and no parts of a put in parts that is aborted"(ceph) {
    const store = ceph.open();
    const aborting = new AbortController();
    const endless = mebibytes((sent) => sent === 30 && aborting.abort());
    const { signal } = aborting;
    const error = await storeErrorOf(store.put(here("aborted"), endless, { signal }));
    assert.deepEqual([error.code, error.undecided], ["aborted", false]);
    assert.equal(await store.head(here("aborted")), undefined);
    assert.equal(await ceph.openUploads(HERE), 0);
  },

  async "copies odd keys and reads them back"(ceph) {
    const store = ceph.open();
    for (const key of ODD_KEYS) {
      await store.put(here(key), Buffer.from(key));
      assert.deepEqual(await store.copy(here(key), away(key)), { outcome: "copied" });
      assert.equal((await bytesAt(store, away(key))).toString(), key);
    }
    const listed = (await store.list({ bucket: AWAY })).objects.map(({ key }) => key);
    for (const key of ODD_KEYS) assert.ok(listed.includes(key), key);
    const answers = await store.delete(AWAY, ODD_KEYS);
    assert.deepEqual(new Set(answers.map(({ outcome }) => outcome)), new Set(["gone"]));
    for (const key of ODD_KEYS) assert.equal(await store.head(away(key)), undefined, key);
  },

  async "keeps spaces within metadata"(ceph) {
    const store = ceph.open();
    const metadata = { spaced: "a  b", around: " c ", empty: "" };
    await store.put(here("spaced"), new Uint8Array(1), { metadata });
    const kept = (await foundAt(store, here("spaced"))).metadata;
    assert.match(kept["spaced"] ?? "", /^a +b$/);
    assert.equal(kept["around"], "c");
  },

  async "says that a wrong secret is rejected, not that a permission is missing"(ceph) {
    const denied = ceph.withWrongSecret();
    for (const call of [
      () => denied.put(here("k"), new Uint8Array()),
      () => denied.get(here("k")),
      () => denied.list({ bucket: HERE }),
      () => denied.copy(here("k"), away("k")),
      () => denied.delete(HERE, ["k"]),
    ]) {
      const { code, retryable, undecided, message } = await storeErrorOf(call());
      assert.deepEqual([code, retryable, undecided], ["unauthenticated", false, false]);
      assert.match(message, /\(SignatureDoesNotMatch\): check the secret access key/);
    }
    // The answer to a HEAD names no reason.
    assert.equal((await storeErrorOf(denied.head(here("k")))).code, "denied");
  },

  async "names the bucket that is missing"(ceph) {
    const store = ceph.open();
    const missing = { bucket: "ceph-nowhere", key: "k" };
    await store.put(here("there"), new Uint8Array());
    for (const call of [
      () => store.put(missing, new Uint8Array()),
      () => store.get(missing),
      () => store.list({ bucket: missing.bucket }),
      () => store.copy(here("there"), missing),
      () => store.delete(missing.bucket, ["k"]),
    ]) {
      const { code, bucket } = await storeErrorOf(call());
      assert.deepEqual([code, bucket], ["no-such-bucket", missing.bucket]);
    }
  },
};

async function leavesNothingOfABrokenStream(
  ceph: S3OnCeph,
  size: number | undefined,
): Promise<void> {
  const store = ceph.open();
  const broken = mebibytes((sent) => {
    if (sent > 30) throw new Error("the disk is gone");
  });
  const error = await storeErrorOf(store.put(here("broken"), broken, { size }));
  assert.deepEqual([error.code, error.undecided], ["unexpected", false]);
  assert.match(error.message, /stream failed/);
  assert.equal(await store.head(here("broken")), undefined);
  assert.equal(await ceph.openUploads(HERE), 0);
}

function here(key: string): ObjectRef {
  return { bucket: HERE, key };
}

function away(key: string): ObjectRef {
  return { bucket: AWAY, key };
}

async function foundAt(store: ObjectStore, ref: ObjectRef) {
  const found = await store.head(ref);
  assert.ok(found !== undefined);
  return found;
}

async function bytesAt(store: ObjectStore, ref: ObjectRef): Promise<Buffer> {
  const opened = await store.get(ref);
  return Buffer.from(await new Response(opened?.body).arrayBuffer());
}

/** Endless, MiB by MiB; `beforeEach` may end it by an error. */
function mebibytes(beforeEach: (sent: number) => unknown): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      sent += 1;
      beforeEach(sent);
      controller.enqueue(new Uint8Array(MEBIBYTE));
    },
  });
}

function inChunks(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
}
