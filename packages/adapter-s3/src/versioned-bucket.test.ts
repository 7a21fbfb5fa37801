import { type Answer, s3Error, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire, xml } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const bytes = new Uint8Array(1);
const ABSENT = { condition: { if: "absent" } } as const;
const versioning = (status: string) =>
  xml(`<VersioningConfiguration>${status}</VersioningConfiguration>`);
const VERSIONED: Answer = { headers: { etag: '"e"', "x-amz-version-id": "v1" } };

function onCeph(question: Answer, put: Answer = {}) {
  return onWire(
    (request) => (request.url.includes("versioning") ? question : put),
    {},
    { service: "ceph" },
  );
}

describe("a put with a condition to a Ceph bucket", () => {
  it("reads from the bucket whether it keeps versions, and says what to do", async () => {
    const { store, asked } = await onCeph(versioning("<Status>Enabled</Status>"));
    const error = await storeErrorOf(store.put(ref, bytes, ABSENT));
    expect({ ...error }).toMatchObject({ code: "not-supported", undecided: false });
    expect(error.message).toMatch(/bucket here keeps versions.*use a bucket that never had/);
    expect(asked()).toEqual(["GET /here/?versioning="]);
  });

  it.each([
    ["may not ask", s3Error(403, "AccessDenied")],
    ["asks a store that has no versions", s3Error(501, "NotImplemented")],
  ])("reads from the answer that the bucket keeps versions if it %s", async (_, question) => {
    const { store } = await onCeph(question, VERSIONED);
    const error = await storeErrorOf(store.put(ref, bytes, ABSENT));
    expect({ ...error }).toMatchObject({ code: "not-supported", undecided: true });
  });

  it.each([{ service: "aws" }, { service: "ceph", conditionalPut: true }] as const)(
    "is sent if it is known to work: %o",
    async (options) => {
      const { store, asked } = await onWire(() => VERSIONED, {}, { fastLane: false, ...options });
      expect(await store.put(ref, bytes, ABSENT)).toMatchObject({ outcome: "written" });
      expect(asked()).toEqual(["PUT /here/k"]);
    },
  );
});
