import { type Answer, DESCRIBED, s3Error, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { LANES, listPage, onWireBy, xml } from "./testing/on-wire.js";

const source = { bucket: "here", key: "a b/ü+%.bin" };
const target = { bucket: "away", key: "t" };
const COPIED = xml("<CopyObjectResult><ETag>&quot;e&quot;</ETag></CopyObjectResult>");
const TAGGING = xml(
  "<Tagging><TagSet><Tag><Key>a b</Key><Value>c+d=e</Value></Tag><Tag><Key>f</Key><Value>1</Value></Tag></TagSet></Tagging>",
);
const BEGUN = xml(
  "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
);
const SIZE = 6 * 1_073_741_824;
const LARGE: Answer = { headers: { ...DESCRIBED, "content-length": `${SIZE}` } };

/** Gives one answer after the other. */
function inTurn(...answers: Answer[]) {
  return (_: unknown, index: number): Answer => answers[index] ?? s3Error(400, "NotExpected");
}

describe.each(LANES)("copy() by the $lane", ({ fastLane }) => {
  const onWire = onWireBy(fastLane);

  it("names the source percent-encoded", async () => {
    const { store, requests } = await onWire(() => COPIED);
    expect(await store.copy(source, target)).toEqual({ outcome: "copied" });
    expect(requests[0]?.headers["x-amz-copy-source"]).toBe("here/a%20b/%C3%BC%2B%25.bin");
  });

  it.each([
    ["an answer that is no XML", { body: "well done" }, "unexpected"],
    ["an answer that breaks off", { body: "<CopyObjectRes", cutAfterBytes: 5 }, "unavailable"],
    ["an internal error", s3Error(200, "InternalError"), "unavailable"],
  ] as const)("does not believe a copy: 200 with %s", async (_, answer, code) => {
    const { store, requests } = await onWire(() => answer);
    const error = await storeErrorOf(store.copy(source, target));
    expect({ ...error }).toMatchObject({ code, undecided: true });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ["SlowDown", "throttled"],
    ["AccessDenied", "denied"],
  ])("reads the error in a 200: %s", async (s3Code, code) => {
    const { store } = await onWire(
      inTurn(s3Error(200, s3Code), listPage([encodeURIComponent(source.key)])),
    );
    const error = await storeErrorOf(store.copy(source, target));
    expect({ ...error }).toMatchObject({ code, undecided: false });
  });

  it("finds a missing source gone", async () => {
    const { store } = await onWire(() => s3Error(404, "NoSuchKey"));
    expect(await store.copy(source, target)).toEqual({ outcome: "source-gone" });
  });

  it.each([undefined, { a: "1" }])(
    "looks again when a vanished source is denied, metadata %o",
    async (metadata) => {
      const denied = metadata ? { status: 403 } : s3Error(403, "AccessDenied");
      const { store, asked } = await onWire(
        inTurn(denied, listPage([encodeURIComponent(`${source.key}2`)])),
      );
      expect(await store.copy(source, target, { metadata })).toEqual({ outcome: "source-gone" });
      expect(asked()[1]).toContain("list-type=2&max-keys=1&prefix=a%20b%2F%C3%BC%2B%25.bin");
    },
  );

  it.each([
    ["the source is there", listPage([encodeURIComponent(source.key)])],
    ["the list is denied, too", s3Error(403, "AccessDenied")],
  ])("says denied if %s", async (_, second) => {
    const { store } = await onWire(inTurn(s3Error(403, "AccessDenied"), second));
    const error = await storeErrorOf(store.copy(source, target));
    expect({ ...error }).toMatchObject({ code: "denied", operation: "copy", undecided: false });
  });

  it("doesn't look again if credentials are wrong", async () => {
    const { store, requests } = await onWire(() => s3Error(403, "SignatureDoesNotMatch"));
    expect((await storeErrorOf(store.copy(source, target))).code).toBe("unauthenticated");
    expect(requests).toHaveLength(1);
  });

  it("sends every header when it replaces the metadata", async () => {
    const kept = {
      "content-type": "text/x",
      "content-encoding": "gzip",
      "content-language": "de",
      "content-disposition": "inline",
      "cache-control": "no-store",
      expires: "Wed, 25 Nov 2026 08:00:00 GMT",
    };
    const headers = { ...DESCRIBED, ...kept, "content-length": "3", "x-amz-meta-old": "1" };
    const { store, requests } = await onWire(inTurn({ headers }, COPIED));
    const metadata = { new: "2" };
    expect(await store.copy(source, target, { metadata })).toEqual({ outcome: "copied" });
    expect(requests[1]?.headers).toMatchObject({
      ...kept,
      "x-amz-metadata-directive": "REPLACE",
      "x-amz-meta-new": "2",
    });
    expect(requests[1]?.headers).not.toHaveProperty("x-amz-meta-old");
  });

  it("copies in parts when the source is too large for the store", async () => {
    const { store, asked, requests } = await onWire(({ method, url }) => {
      if (method === "HEAD") return LARGE;
      if (method === "GET") return TAGGING;
      if (url.includes("uploads")) return BEGUN;
      if (url.includes("partNumber")) return xml("<CopyPartResult><ETag>p</ETag></CopyPartResult>");
      if (url.includes("uploadId"))
        return xml("<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>");
      return s3Error(400, "InvalidRequest", "The specified copy source is larger than allowed");
    });
    expect(await store.copy(source, target)).toEqual({ outcome: "copied" });
    expect(asked().filter((line) => line.includes("partNumber"))).toHaveLength(48);
    const begun = requests.find(({ url }) => url.includes("uploads"));
    expect(begun?.headers["x-amz-tagging"]).toBe("a+b=c%2Bd%3De&f=1");
    const ranges = requests.map(({ headers }) => headers["x-amz-copy-source-range"]);
    expect(ranges).toContain("bytes=0-134217727");
    expect(ranges).toContain(`bytes=${SIZE - 134_217_728}-${SIZE - 1}`);
    const completion = requests.at(-1)?.body.toString();
    expect(completion?.match(/<PartNumber>/g)).toHaveLength(48);
  });

  it("fails other invalid requests", async () => {
    const head: Answer = { headers: { ...DESCRIBED, "content-length": "3" } };
    const { store, requests } = await onWire(inTurn(s3Error(400, "InvalidRequest"), head));
    const error = await storeErrorOf(store.copy(source, target));
    expect({ ...error }).toMatchObject({ code: "unexpected", undecided: false });
    expect(requests).toHaveLength(2);
  });

  it("aborts the upload and knows that nothing was copied when a part fails", async () => {
    const { store, asked } = await onWire(({ method, url }) => {
      if (method === "HEAD") return LARGE;
      if (method === "GET") return s3Error(501, "NotImplemented");
      if (method === "DELETE") return { status: 204 };
      if (url.includes("uploads")) return BEGUN;
      return s3Error(500, "InternalError");
    });
    const error = await storeErrorOf(store.copy(source, target, { size: SIZE }));
    expect({ ...error }).toMatchObject({ code: "unavailable", retryable: true, undecided: false });
    expect(asked().at(-1)).toBe("DELETE /away/t?uploadId=u");
    expect(asked().filter((line) => line.includes("partNumber")).length).toBeLessThanOrEqual(9);
  });
});
