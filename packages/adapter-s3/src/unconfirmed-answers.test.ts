import { HOLLOW, OPERATIONS, outcomeOf, S3_DOCUMENTS, UNCONFIRMED } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { LANES, onWireBy, xml } from "./testing/on-wire.js";

const CASES = Object.keys(UNCONFIRMED).flatMap((answer) =>
  Object.keys(OPERATIONS).map((operation) => [operation, answer] as const),
);

describe.each(LANES)("an answer that confirms nothing, by the $lane", ({ fastLane }) => {
  const onWire = onWireBy(fastLane);

  it.each(CASES)("fails a %s: %s", async (operation, answer) => {
    const { store } = await onWire(() => UNCONFIRMED[answer] ?? "reset");
    expect(await outcomeOf(OPERATIONS[operation]?.(store) ?? Promise.reject())).toBe("unexpected");
  });

  it.each(Object.entries(S3_DOCUMENTS))("fails a %s: 206 and %s", async (operation, document) => {
    const { store } = await onWire(() => ({ ...xml(document), status: 206 }));
    expect(await outcomeOf(OPERATIONS[operation]?.(store) ?? Promise.reject())).toBe("unexpected");
  });

  it.each(HOLLOW)("fails a %s whose document has %s", async (operation, _, spoken) => {
    const { store } = await onWire(() => spoken);
    expect(await outcomeOf(OPERATIONS[operation]?.(store) ?? Promise.reject())).toBe("unexpected");
  });

  it.each([
    ["as it was asked for", "<Name>here</Name><Prefix>a b/+</Prefix>"],
    ["encoded", "<Name>here</Name><Prefix>a+b/%2B</Prefix><EncodingType>url</EncodingType>"],
    ["not encoded, beside keys that are", "<Prefix>a b/+</Prefix><EncodingType>url</EncodingType>"],
    ["not", "<Name/><Prefix/>"],
  ])("believes a list that names its prefix: %s", async (_, names) => {
    const body = `<ListBucketResult>${names}<KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>`;
    const { store } = await onWire(() => xml(body));
    const page = await store.list({ bucket: "here", prefix: "a b/+" });
    expect(page).toEqual({ objects: [], more: false });
  });

  it.each([200, 202, 206])("fails a delete of a key that no XML can carry: %s", async (status) => {
    const { store } = await onWire(() => ({ status }));
    expect(await outcomeOf(store.delete("here", ["a\n"]))).toBe("unexpected");
  });

  it("believes a delete of the keys alone that the answer names", async () => {
    const named = "<Deleted><Key>a</Key></Deleted><Deleted><Key>c&amp;</Key></Deleted>";
    const { store } = await onWire(() => xml(`<DeleteResult>${named}</DeleteResult>`));
    const results = await store.delete("here", ["a", "b", "c&"]);
    expect(results).toMatchObject([
      { outcome: "gone" },
      { outcome: "failed", error: { code: "unexpected", key: "b", undecided: true } },
      { outcome: "gone" },
    ]);
  });

  it.each(["<DeleteResult/>", "<DeleteResult></DeleteResult>"])(
    "throws for a delete whose answer names no key: %s",
    async (body) => {
      const { store } = await onWire(() => xml(body));
      await expect(store.delete("here", ["a", "b"])).rejects.toMatchObject({
        code: "unexpected",
        undecided: true,
      });
    },
  );

  it.each([
    ["not after the key", { startAfter: "p/b" }, ["p/b"]],
    ["from the start again", { startAfter: "p/b" }, ["p/a"]],
    ["outside the prefix", { prefix: "p/" }, ["o/x"]],
  ])("fails a list that begins %s that was asked for", async (_, page, keys) => {
    const contents = keys.map(
      (key) =>
        `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2026-11-24T08:00:00.000Z</LastModified></Contents>`,
    );
    const body = `<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`;
    const { store } = await onWire(() => xml(body));
    expect(await outcomeOf(store.list({ bucket: "here", ...page }))).toBe("unexpected");
  });

  it.each([
    ["no word on its end", "<ListBucketResult></ListBucketResult>"],
    [
      "more to come and no way to it",
      "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
    ],
  ])("takes a list with %s for no empty one", async (_, body) => {
    const { store } = await onWire(() => xml(body));
    expect(await outcomeOf(store.list({ bucket: "here" }))).toBe("unexpected");
  });
});
