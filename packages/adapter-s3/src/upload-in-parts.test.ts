import { mebibytes, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire, xml } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const CREATED = xml(
  "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
);

describe("put() in parts", () => {
  it("is undecided only if its last request is", async () => {
    const failAt = async (part: string) => {
      const { store, asked } = await onWire(({ method, url }) => {
        if (method === "DELETE") return { status: 204 };
        if (url.includes(part)) return { status: 500 };
        return url.includes("uploads") ? CREATED : { headers: { etag: "p" } };
      });
      const { code, undecided } = await storeErrorOf(store.put(ref, mebibytes(20)));
      return { code, undecided, tookBack: asked().at(-1) === "DELETE /here/k?uploadId=u" };
    };
    const decided = { code: "unavailable", undecided: false };
    expect(await failAt("?uploads")).toEqual({ ...decided, tookBack: false });
    expect(await failAt("partNumber=2")).toEqual({ ...decided, tookBack: true });
    expect(await failAt("?uploadId=u")).toEqual({
      code: "unavailable",
      undecided: true,
      tookBack: true,
    });
  });

  it("stores nothing if the answer to the first request has no upload id, or that to a part no ETag", async () => {
    const answering = (created: object, part: object) =>
      onWire(({ method, url }) => {
        if (method === "DELETE") return { status: 204 };
        return url.includes("uploads") ? created : part;
      });
    const noId = await answering(xml("<InitiateMultipartUploadResult/>"), {});
    const unconfirmed = { code: "unexpected", undecided: false };
    const idError = await storeErrorOf(noId.store.put(ref, mebibytes(9)));
    expect({ ...idError }).toMatchObject(unconfirmed);
    expect(noId.asked()).toEqual(["POST /here/k?uploads="]);
    const noETag = await answering(CREATED, {});
    const partError = await storeErrorOf(noETag.store.put(ref, mebibytes(9)));
    expect({ ...partError }).toMatchObject(unconfirmed);
    expect(noETag.asked().at(-1)).toBe("DELETE /here/k?uploadId=u");
  });

  it("is undecided if the last answer confirms nothing", async () => {
    const { store } = await onWire(({ method, url }) => {
      if (method === "DELETE") return { status: 204 };
      if (url.includes("uploads")) return CREATED;
      if (method === "POST") return xml("<CompleteMultipartUploadResult/>");
      return { headers: { etag: "p" } };
    });
    const error = await storeErrorOf(store.put(ref, mebibytes(9)));
    expect({ ...error }).toMatchObject({ code: "unexpected", undecided: true });
  });
});
