import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { azureError, onWire } from "./testing/on-wire.js";

const SOURCE = { bucket: "bucket", key: "source" };
const TARGET = { bucket: "bucket", key: "target" };

describe("copyObject()", () => {
  it.each(["pending", "failed", "aborted"])(
    "does not believe a copy whose status is %s",
    async (status) => {
      const headers = { etag: '"1"', "x-ms-copy-status": status };
      const { store } = await onWire(() => ({ status: 202, headers }));
      const error = await storeErrorOf(store.copy(SOURCE, TARGET));
      expect(error).toMatchObject({ code: "unavailable", retryable: true, undecided: true });
    },
  );

  it("copies an object of unknown size in blocks when Azure finds it too large", async () => {
    const { store, requests } = await onWire(({ method, url }) => {
      if (method === "HEAD") {
        const described = { "x-ms-blob-type": "BlockBlob", "x-ms-meta-a_b": "c", etag: '"1"' };
        return { headers: { ...described, "content-length": `${300_000_000}` } };
      }
      const isPart = url.includes("comp=block");
      return isPart ? { status: 201, headers: { etag: '"2"' } } : tooLarge;
    });
    expect(await store.copy(SOURCE, TARGET)).toEqual({ outcome: "copied" });
    const ranges = requests.map(({ headers }) => headers["x-ms-source-range"]).filter(Boolean);
    expect(ranges.toSorted()).toEqual([
      "bytes=0-104857599",
      "bytes=104857600-209715199",
      "bytes=209715200-299999999",
    ]);
    const [commit] = requests.filter(({ url }) => url.includes("comp=blocklist"));
    expect(commit?.headers["x-ms-meta-a_b"]).toBe("c");
  });

  it("stores nothing if the source changes under a copy in blocks", async () => {
    let heads = 0;
    const { store, requests } = await onWire(({ method }) => {
      if (method !== "HEAD") return { status: 201, headers: { etag: '"2"' } };
      heads += 1;
      const described = { "x-ms-blob-type": "BlockBlob", "content-length": "300000000" };
      return { headers: { ...described, etag: `"version ${heads}"` } };
    });
    const error = await storeErrorOf(store.copy(SOURCE, TARGET, { size: 300_000_000 }));
    expect(error).toMatchObject({ code: "conflict", retryable: true, undecided: false });
    expect(requests.some(({ url }) => url.includes("comp=blocklist"))).toBe(false);
  });

  it("knows that a failed block has copied nothing", async () => {
    const { store } = await onWire(({ method }) =>
      method === "HEAD"
        ? { headers: { "x-ms-blob-type": "BlockBlob", "content-length": "300000000", etag: '"1"' } }
        : azureError(500, "InternalError"),
    );
    const error = await storeErrorOf(store.copy(SOURCE, TARGET, { size: 300_000_000 }));
    expect(error).toMatchObject({ code: "unavailable", operation: "copy", undecided: false });
  });

  it("copies the tags only with copyTags", async () => {
    const success = { status: 202, headers: { etag: '"1"', "x-ms-copy-status": "success" } };
    const plain = await onWire(() => success);
    await plain.store.copy(SOURCE, TARGET);
    expect(plain.requests[0]?.headers["x-ms-copy-source-tag-option"]).toBeUndefined();
    const tagged = await onWire(() => success, { options: { copyTags: true } });
    await tagged.store.copy(SOURCE, TARGET);
    expect(tagged.requests[0]?.headers["x-ms-copy-source-tag-option"]).toBe("COPY");
    expect(tagged.requests[0]?.headers["x-ms-copy-source"]).toContain("sp=rt");
  });
});

const tooLarge = azureError(409, "CannotVerifyCopySource");
