import { endlessBody, s3Error, storeErrorOf, streamOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

const MEBIBYTE = 1_048_576;
const ref = { bucket: "here", key: "k" };
const bytes = new TextEncoder().encode("body");
const stored = { headers: { etag: '"e1"' } };
const ABSENT = { if: "absent" } as const;
const mebibytes = (count: number) =>
  streamOf(...Array.from({ length: count }, () => new Uint8Array(MEBIBYTE)));

describe("put()", () => {
  it("returns and sends the ETag without quotes", async () => {
    const { store, requests } = await onWire(() => stored);
    expect(await store.put(ref, bytes)).toEqual({ outcome: "written", version: "e1" });
    await store.put(ref, bytes, { condition: { if: "version", version: "e1" } });
    expect(requests[1]?.headers["if-match"]).toBe("e1");
  });

  it.each([
    [412, "PreconditionFailed", ABSENT, "exists"],
    [412, "PreconditionFailed", { if: "version", version: "e" } as const, "changed"],
    [404, "NoSuchKey", { if: "version", version: "e" } as const, "changed"],
  ])("reports %s %s as a lost race", async (status, code, condition, outcome) => {
    const { store } = await onWire(() => s3Error(status, code));
    expect(await store.put(ref, bytes, { condition })).toEqual({ outcome });
  });

  it("calls a 409 of racing puts a conflict, which is undecided", async () => {
    const { store } = await onWire(() => s3Error(409, "ConditionalRequestConflict"));
    const error = await storeErrorOf(store.put(ref, bytes, { condition: ABSENT }));
    expect({ ...error }).toMatchObject({ code: "conflict", retryable: true, undecided: true });
  });

  it("calls an answer without an ETag undecided", async () => {
    const { store } = await onWire(() => ({}));
    const error = await storeErrorOf(store.put(ref, bytes));
    expect({ ...error }).toMatchObject({ code: "unexpected", undecided: true });
  });

  it("sends a large stream of known length in one request, unchanged", async () => {
    const { store, asked, requests } = await onWire(() => stored);
    const size = 9 * MEBIBYTE;
    const put = await store.put(ref, mebibytes(9), {
      size,
      condition: ABSENT,
      contentEncoding: "gzip",
    });
    expect(put.outcome).toBe("written");
    expect(asked()).toEqual(["PUT /here/k"]);
    expect(requests[0]?.body.byteLength).toBe(size);
    expect(requests[0]?.headers).toMatchObject({
      "content-length": `${size}`,
      "content-encoding": "gzip",
      "if-none-match": "*",
    });
    expect(requests[0]?.headers["transfer-encoding"]).toBeUndefined();
  });

  it.each([8, 10])("refuses a large stream of another length: %s MiB", async (count) => {
    const { store, requests } = await onWire(() => stored);
    const error = await storeErrorOf(store.put(ref, mebibytes(count), { size: 9 * MEBIBYTE }));
    expect({ ...error }).toMatchObject({ code: "unexpected", undecided: false });
    expect(error.message).toContain("size is 9437184");
    await expect.poll(() => requests.length).toBe(1);
    expect(requests[0]?.body.byteLength).toBeLessThan(9 * MEBIBYTE);
  });

  it.each([
    ["of unknown length", undefined],
    ["over the limit of one put", 6e9],
  ])("refuses a condition for a large stream %s, and sends nothing", async (_, size) => {
    const { store, requests } = await onWire(() => stored);
    const { body, isCancelled } = endlessBody();
    const error = await storeErrorOf(store.put(ref, body, { size, condition: ABSENT }));
    expect({ ...error }).toMatchObject({ code: "not-supported", undecided: false });
    expect(requests).toHaveLength(0);
    expect(isCancelled()).toBe(true);
  });

  it("sends a stream that ends within the first part in one request", async () => {
    const { store, asked } = await onWire(() => stored);
    await store.put(ref, mebibytes(8), { condition: ABSENT });
    expect(asked()).toEqual(["PUT /here/k"]);
  });
});
