import { s3Error } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire, xml } from "./testing/on-wire.js";

const REF = { bucket: "here", key: "k" };
const ABSENT = { condition: { if: "absent" } } as const;

describe("a put with a condition to a Ceph bucket", () => {
  it.each(["Enabled", "Suspended"])("is refused unsent while versions are %s", async (status) => {
    const versioning = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
    const { store, asked } = await onWire(() => xml(versioning), {}, { service: "ceph" });
    await expect(store.put(REF, new Uint8Array(1), ABSENT)).rejects.toMatchObject({
      code: "not-supported",
      undecided: false,
      message: expect.stringContaining("bucket here keeps versions"),
    });
    expect(asked()).toEqual(["GET /here?versioning="]);
  });

  it("is refused after it was sent if only its answer shows that the bucket keeps versions", async () => {
    const written = { headers: { etag: '"e"', "x-amz-version-id": "v1" } };
    const { store, requests } = await onWire(
      ({ url }) => (url.includes("versioning") ? s3Error(403, "AccessDenied") : written),
      {},
      { service: "ceph" },
    );
    for (const undecided of [true, false]) {
      await expect(store.put(REF, new Uint8Array(1), ABSENT)).rejects.toMatchObject({
        code: "not-supported",
        undecided,
      });
    }
    expect(requests.map(({ method }) => method)).toEqual(["GET", "PUT"]);
  });
});
