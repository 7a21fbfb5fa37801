import { s3Error } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire, xml } from "./testing/on-wire.js";

const REF = { bucket: "here", key: "k" };
const ABSENT = { condition: { if: "absent" } } as const;

describe("a put with a condition to a Ceph bucket", () => {
  it("reads from the bucket whether it keeps versions", async () => {
    const versioning = xml(
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    );
    const { store, asked } = await onWire(() => versioning, {}, { service: "ceph" });
    const put = store.put(REF, new Uint8Array(1), ABSENT);
    await expect(put).rejects.toMatchObject({ code: "not-supported", undecided: false });
    expect(asked()).toEqual(["GET /here?versioning="]);
  });

  it("reads from the answer that the bucket keeps versions, if it may not ask", async () => {
    const written = { headers: { etag: '"e"', "x-amz-version-id": "v1" } };
    const { store } = await onWire(
      ({ url }) => (url.includes("versioning") ? s3Error(403, "AccessDenied") : written),
      {},
      { service: "ceph" },
    );
    const put = store.put(REF, new Uint8Array(1), ABSENT);
    await expect(put).rejects.toMatchObject({ code: "not-supported", undecided: true });
  });
});
