import type { ObjectStore } from "@keywhen/core/store";
import {
  openCephAccount,
  storeErrorOf,
  streamOf,
  type TestS3Account,
  withCeph,
} from "@keywhen/test-servers";
import type { Client } from "minio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { minioStore } from "./minio-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";

const MEBIBYTE = 1_048_576;
const HERE = "ceph-here";
const AWAY = "ceph-away";

withCeph(describe)("minioStore() on a Ceph gateway", () => {
  let server: TestS3Account;
  let client: Client;
  let store: ObjectStore;
  beforeAll(async () => {
    server = await openCephAccount();
    client = clientOf(server);
    await makeBuckets(client, HERE, AWAY);
    store = minioStore({ client, service: "ceph" });
  });
  afterAll(() => server?.stop());

  const at = (key: string) => ({ bucket: HERE, key });
  const away = (key: string) => ({ bucket: AWAY, key });

  async function bytesAt(ref: { bucket: string; key: string }): Promise<Buffer> {
    const opened = await store.get(ref);
    return Buffer.from(await new Response(opened?.body).arrayBuffer());
  }

  async function openUploads(bucket: string): Promise<number> {
    return (await client.listIncompleteUploads(bucket, "", true).toArray()).length;
  }

  it("copies in parts with every header and the metadata", async () => {
    const inParts = minioStore({ client, service: "ceph", singleCopyMaxBytes: 5 * MEBIBYTE });
    const body = manyBytes(12 * MEBIBYTE);
    await client.putObject(HERE, "large ü+|", body, body.length, {
      "Content-Type": "text/x",
      "Content-Encoding": "gzip",
      "Content-Language": "de",
      "Content-Disposition": "inline",
      "Cache-Control": "no-store",
      "X-Amz-Meta-Keywhen-Id": "1",
      "X-Amz-Meta-Other": "2",
    });
    const kinds: string[] = [];
    const options = { size: body.length, onRequest: (kind: string) => kinds.push(kind) };
    expect(await inParts.copy(at("large ü+|"), away("t"), options)).toEqual({ outcome: "copied" });
    expect(kinds).toEqual(["head", "get", "copy", "copy", "copy", "copy", "copy"]);
    expect(Buffer.compare(await bytesAt(away("t")), body)).toBe(0);
    const { metaData } = await client.statObject(HERE, "large ü+|");
    expect(metaData).toMatchObject({ "keywhen-id": "1", "content-language": "de" });
    expect((await client.statObject(AWAY, "t")).metaData).toEqual(metaData);

    const metadata = { "keywhen-id": "3" };
    await inParts.copy(at("large ü+|"), away("t"), { size: body.length, metadata });
    const { other: _, ...kept } = metaData;
    expect((await client.statObject(AWAY, "t")).metaData).toEqual({ ...kept, ...metadata });
    expect(await openUploads(AWAY)).toBe(0);
  });

  it("puts a stream of unknown length in parts, with its headers", async () => {
    const bytes = manyBytes(20 * MEBIBYTE + 7);
    const headers = { contentType: "text/x", cacheControl: "no-store", metadata: { a: "1" } };
    const put = await store.put(at("stream"), streamOf(...inChunks(bytes, 700_001)), headers);
    expect(Buffer.compare(await bytesAt(at("stream")), bytes)).toBe(0);
    expect(await store.head(at("stream"))).toMatchObject({
      ...headers,
      size: bytes.length,
      version: put.outcome === "written" ? put.version : "",
    });
    expect(await openUploads(HERE)).toBe(0);
  });

  it("puts a large stream of known length in one request, under a condition too", async () => {
    const bytes = manyBytes(9 * MEBIBYTE);
    const put = () =>
      store.put(at("known"), streamOf(...inChunks(bytes, MEBIBYTE)), {
        size: bytes.length,
        condition: { if: "absent" },
      });
    expect((await put()).outcome).toBe("written");
    expect(await put()).toEqual({ outcome: "exists" });
    expect(Buffer.compare(await bytesAt(at("known")), bytes)).toBe(0);
  });

  it.each([undefined, 40 * MEBIBYTE])(
    "leaves no object and no parts of a stream that breaks off, size %s",
    async (size) => {
      let sent = 0;
      const broken = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1;
          if (sent > 30) controller.error(new Error("the disk is gone"));
          else controller.enqueue(new Uint8Array(MEBIBYTE));
        },
      });
      const error = await storeErrorOf(store.put(at("broken"), broken, { size }));
      expect({ ...error }).toMatchObject({ code: "unexpected", undecided: false });
      expect(error.message).toContain("broke off");
      expect(await store.head(at("broken"))).toBeUndefined();
      expect(await openUploads(HERE)).toBe(0);
    },
  );

  it("leaves no object and no parts of a put in parts that is aborted", async () => {
    const aborting = new AbortController();
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent === 30) aborting.abort();
        controller.enqueue(new Uint8Array(MEBIBYTE));
      },
    });
    const { signal } = aborting;
    const error = await storeErrorOf(store.put(at("aborted"), endless, { signal }));
    expect({ ...error }).toMatchObject({ code: "aborted", undecided: false });
    expect(await store.head(at("aborted"))).toBeUndefined();
    expect(await openUploads(HERE)).toBe(0);
  });

  it("keeps spaces within metadata, and signs what it sends", async () => {
    const metadata = { spaced: "a  b", around: " c ", empty: "" };
    await store.put(at("spaced"), new Uint8Array(1), { metadata });
    expect((await store.head(at("spaced")))?.metadata).toMatchObject({
      spaced: expect.stringMatching(/^a +b$/),
      around: "c",
    });
  });

  it("says that a wrong secret is rejected, not that a permission is missing", async () => {
    const denied = minioStore({
      client: clientOf({ ...server, secretAccessKey: "wrong" }),
      service: "ceph",
    });
    for (const call of [
      () => denied.put(at("k"), new Uint8Array()),
      () => denied.get(at("k")),
      () => denied.list({ bucket: HERE }),
      () => denied.copy(at("k"), away("k")),
      () => denied.delete(HERE, ["k"]),
    ]) {
      const error = await storeErrorOf(call());
      expect(error).toMatchObject({
        code: "unauthenticated",
        retryable: false,
        undecided: false,
        message: expect.stringContaining("(SignatureDoesNotMatch): check the secret access key"),
      });
    }
    // The answer to a HEAD names no reason.
    expect({ ...(await storeErrorOf(denied.head(at("k")))) }).toMatchObject({ code: "denied" });
  });

  it("names the bucket that is missing", async () => {
    const missing = { bucket: "ceph-nowhere", key: "k" };
    await store.put(at("there"), new Uint8Array());
    for (const call of [
      () => store.put(missing, new Uint8Array()),
      () => store.get(missing),
      () => store.list({ bucket: missing.bucket }),
      () => store.copy(at("there"), missing),
      () => store.delete(missing.bucket, ["k"]),
    ]) {
      const error = await storeErrorOf(call());
      expect({ ...error }).toMatchObject({ code: "no-such-bucket", bucket: missing.bucket });
    }
  });
});

function manyBytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 13)) % 251));
}

function inChunks(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
}
