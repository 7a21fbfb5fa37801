import { DESCRIBED, s3Error, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

const MEBIBYTE = 1_048_576;
const CHECKED = { ...DESCRIBED, "x-amz-checksum-crc32": "AAAAAA==" };
const ref = { bucket: "here", key: "k" };

describe("get()", () => {
  it("closes the connection of a body with a checksum, which the SDK wraps, when it is cancelled", async () => {
    const { store, connections } = await onWire(() => ({
      body: new Uint8Array(32 * MEBIBYTE),
      headers: CHECKED,
    }));
    const opened = await store.get(ref);
    expect(await connections()).toBe(1);
    await opened?.body.cancel();
    await expect.poll(connections).toBe(0);
  });

  it("fails a body whose checksum is wrong", async () => {
    const { store } = await onWire(() => ({ body: "body", headers: CHECKED }));
    const opened = await store.get(ref);
    const error = await storeErrorOf(new Response(opened?.body).arrayBuffer());
    expect(error.message).toContain("Checksum mismatch");
  });

  it("trusts only S3's own answer that an object is missing", async () => {
    const gone = await onWire(() => s3Error(404, "NoSuchKey"));
    expect(await gone.store.get(ref)).toBeUndefined();
    const proxy = await onWire(() => ({ status: 404, body: "<html>not found</html>" }));
    expect((await storeErrorOf(proxy.store.get(ref))).code).toBe("unexpected");
  });
});
