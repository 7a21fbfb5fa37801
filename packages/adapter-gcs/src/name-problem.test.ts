import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { nameProblem } from "./name-problem.js";
import { onWire } from "./testing/on-wire.js";

const bytes = new Uint8Array(1);

describe("a name that Cloud Storage can't have", () => {
  it.each([
    ["a line\nfeed", /line break/],
    ["a\rreturn", /line break/],
    [".", /the key is "\."/],
    ["..", /the key is "\.\."/],
    [".well-known/acme-challenge/x", /begins with \.well-known/],
    ["x".repeat(1_025), /1025 bytes; the limit is 1024/],
    ["\u00e9".repeat(513), /1026 bytes/],
    ["half\ud83d", /half of a character/],
    ["", /empty/],
  ])("is refused before anything is sent: key %j", async (key, message) => {
    const { store, requests } = await onWire(() => ({}));
    const bad = { bucket: "here", key };
    const good = { bucket: "here", key: "k" };
    const calls = [
      store.put(bad, bytes),
      store.head(bad),
      store.get(bad),
      store.copy(bad, good),
      store.copy(good, bad),
      store.move?.(good, bad),
    ];
    for (const call of calls) {
      const error = await storeErrorOf(Promise.resolve(call));
      expect({ ...error }).toMatchObject({ code: "invalid-key", undecided: false });
      expect(error.message).toMatch(message);
    }
    const [deleted] = await store.delete("here", [key]);
    expect(deleted).toMatchObject({ outcome: "failed", error: { code: "invalid-key" } });
    expect(requests).toHaveLength(0);
  });

  it.each(["..", "a/b", "UPPER", `${"b".repeat(64)}.com`, `${"b".repeat(60)}.`.repeat(4), ""])(
    "is refused: bucket %j",
    (bucket) => expect(nameProblem({ bucket, key: "k" })).toBeDefined(),
  );

  it("does not include similar names", async () => {
    const { store } = await onWire(() => ({
      status: 404,
      body: '{"error":{"errors":[{"reason":"notFound"}]}}',
    }));
    for (const key of ["...", "a/./b", ".well-known/x", "x".repeat(1_024)]) {
      expect(await store.head({ bucket: "my_bucket-1.example.com", key })).toBeUndefined();
    }
  });
});
