import { storeErrorOf, streamOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { azureError, onWire } from "./testing/on-wire.js";

const REF = { bucket: "bucket", key: "key" };
const ABSENT = { condition: { if: "absent" } } as const;
const SAME = { condition: { if: "version", version: "0x8D" } } as const;
const WRITTEN = { status: 201, headers: { etag: '"0x8E"' } };
const LONG = new Uint8Array(9_000_000);

describe("putObject()", () => {
  it.each([
    [ABSENT, 409, "BlobAlreadyExists", "exists"],
    [ABSENT, 412, "ConditionNotMet", "exists"],
    [SAME, 412, "ConditionNotMet", "changed"],
    [SAME, 404, "BlobNotFound", "changed"],
  ])("under %o translates %i %s to %s", async (options, status, code, outcome) => {
    const { store } = await onWire(() => azureError(status, code));
    expect(await store.put(REF, Buffer.from("body"), options)).toEqual({ outcome });
  });

  it("does not take a missing container for a lost race", async () => {
    const { store } = await onWire(() => azureError(404, "ContainerNotFound"));
    const error = await storeErrorOf(store.put(REF, Buffer.from("body"), SAME));
    expect(error).toMatchObject({ code: "no-such-bucket", undecided: false });
  });

  it("sends versions in quotes and returns them without", async () => {
    const { store, requests } = await onWire(() => WRITTEN);
    const put = await store.put(REF, Buffer.from("body"), SAME);
    expect(put).toEqual({ outcome: "written", version: "0x8E" });
    expect(requests[0]?.headers["if-match"]).toBe('"0x8D"');
  });

  it("does not believe an answer without an ETag", async () => {
    const { store } = await onWire(() => ({ status: 201 }));
    const error = await storeErrorOf(store.put(REF, Buffer.from("body")));
    expect(error).toMatchObject({ code: "unexpected", undecided: true });
  });

  it("puts the condition on the one request that makes the object", async () => {
    const { store, requests } = await onWire(() => WRITTEN);
    await store.put(REF, streamOf(LONG), ABSENT);
    const kinds = requests.map(({ url, headers }) => [
      /comp=\w+/.exec(url)?.[0],
      headers["if-none-match"],
    ]);
    expect(kinds).toEqual([
      ["comp=block", undefined],
      ["comp=block", undefined],
      ["comp=blocklist", "*"],
    ]);
  });

  it("knows that a failed block has stored nothing, and leaves a failed commit undecided", async () => {
    for (const [failing, undecided] of [
      ["comp=block&", false],
      ["comp=blocklist", true],
    ] as const) {
      const { store } = await onWire(({ url }) =>
        `${url}&`.includes(failing) ? azureError(500, "InternalError") : WRITTEN,
      );
      const error = await storeErrorOf(store.put(REF, streamOf(LONG)));
      expect(error).toMatchObject({ code: "unavailable", operation: "put", undecided });
    }
  });
});
