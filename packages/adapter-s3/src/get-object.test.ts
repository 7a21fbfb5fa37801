import { DESCRIBED, s3Error, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

const MEBIBYTE = 1_048_576;
const ref = { bucket: "here", key: "k" };

describe("get()", () => {
  it.each([
    ["as it is", DESCRIBED],
    // The SDK then wraps the body to check it.
    ["with a checksum", { ...DESCRIBED, "x-amz-checksum-crc32": "AAAAAA==" }],
  ])("frees the connection when the body is cancelled: %s", async (_, headers) => {
    const { store, connections } = await onWire(() => ({
      body: new Uint8Array(32 * MEBIBYTE),
      headers,
    }));
    const opened = await store.get(ref);
    expect(await connections()).toBe(1);
    await opened?.body.cancel();
    await expect.poll(connections).toBe(0);
  });

  it("fails a body that breaks off", async () => {
    const { store } = await onWire(() => ({
      headers: DESCRIBED,
      body: new Uint8Array(100_000),
      cutAfterBytes: 50_000,
    }));
    const opened = await store.get(ref);
    const error = await storeErrorOf(new Response(opened?.body).arrayBuffer());
    expect({ ...error }).toMatchObject({ code: "unavailable", operation: "get", key: "k" });
  });

  it("fails a body whose checksum is wrong", async () => {
    const headers = { ...DESCRIBED, "x-amz-checksum-crc32": "AAAAAA==" };
    const { store } = await onWire(() => ({ body: "body", headers }));
    const opened = await store.get(ref);
    const error = await storeErrorOf(new Response(opened?.body).arrayBuffer());
    expect(error.message).toContain("Checksum mismatch");
  });

  it("ends a body when its signal aborts", async () => {
    const { store } = await onWire(() => ({
      headers: DESCRIBED,
      body: new Uint8Array(32 * MEBIBYTE),
    }));
    const aborting = new AbortController();
    const opened = await store.get(ref, { signal: aborting.signal });
    const reader = opened?.body.getReader();
    await reader?.read();
    aborting.abort();
    const drain = async () => {
      while (!(await reader?.read())?.done);
    };
    expect((await storeErrorOf(drain())).code).toBe("aborted");
  });

  it("takes only S3's own word for it that an object is missing", async () => {
    const gone = await onWire(() => s3Error(404, "NoSuchKey"));
    expect(await gone.store.get(ref)).toBeUndefined();
    const proxy = await onWire(() => ({ status: 404, body: "<html>not found</html>" }));
    expect((await storeErrorOf(proxy.store.get(ref))).code).toBe("unexpected");
  });
});
