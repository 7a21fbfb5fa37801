import { type Answer, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { googleError, jsonAnswer, onWire, RESOURCE } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const bytes = new TextEncoder().encode("body");

const ANSWERS: [string, Answer, string, boolean][] = [
  ["an error of Google's", googleError(409, "conflict"), "conflict", true],
  ["an object without a generation", jsonAnswer({ name: "k" }), "unexpected", true],
  ["a redirect", { status: 302, headers: { location: "/" } }, "unexpected", false],
  ["a cut answer", { body: "x".repeat(100), cutAfterBytes: 5 }, "unavailable", true],
];

describe("put()", () => {
  it.each(ANSWERS)("fails by the answer, and is sent once: %s", async (...row) => {
    const [, answer, code, undecided] = row;
    const { store, requests } = await onWire(() => answer);
    const error = await storeErrorOf(store.put(ref, bytes));
    expect({ ...error }).toMatchObject({ code, undecided, operation: "put", ...ref });
    expect(requests).toHaveLength(1);
  });
});

describe("a 404", () => {
  const missing = googleError(404, "notFound", "No such object: here/k");

  it("means a missing object for head, get, delete and move", async () => {
    const { store } = await onWire(() => missing);
    expect(await store.head(ref)).toBeUndefined();
    expect(await store.get(ref)).toBeUndefined();
    expect(await store.delete("here", ["k"])).toEqual([{ outcome: "gone" }]);
    const target = { bucket: "here", key: "t" };
    expect(await store.move?.(ref, target)).toEqual({ outcome: "source-gone" });
  });

  it("means a missing bucket for list", async () => {
    const { store } = await onWire(() => missing);
    expect((await storeErrorOf(store.list({ bucket: "here" }))).code).toBe("no-such-bucket");
  });

  it("means neither if it comes from a proxy", async () => {
    const { store } = await onWire(() => ({ status: 404, body: "<html>not found</html>" }));
    for (const call of [
      store.head(ref),
      store.get(ref),
      store.delete("here", ["k"]),
      store.copy(ref, ref),
      store.list({ bucket: "here" }),
    ]) {
      expect({ ...(await storeErrorOf(call)) }).toMatchObject({ code: "unexpected" });
    }
  });
});

describe("get()", () => {
  const described = jsonAnswer(RESOURCE);

  it("looks again if the object is replaced between its two requests", async () => {
    const next = jsonAnswer({ ...RESOURCE, generation: "1700000000000002" });
    const answers: Answer[] = [described, { status: 404, body: "No such object" }, next];
    const { store, asked } = await onWire((_, index) => answers[index] ?? { body: "body" });
    const opened = await store.get(ref);
    expect(opened?.version).toBe("1700000000000002");
    await opened?.body.cancel();
    expect(asked()).toEqual([
      "GET /storage/v1/b/here/o/k",
      "GET /storage/v1/b/here/o/k?alt=media&generation=1700000000000001",
      "GET /storage/v1/b/here/o/k",
      "GET /storage/v1/b/here/o/k?alt=media&generation=1700000000000002",
    ]);
  });

  it("fails if the object is replaced each time", async () => {
    const { store, requests } = await onWire((_, index) =>
      index % 2 === 0 ? described : { status: 404 },
    );
    const error = await storeErrorOf(store.get(ref));
    expect({ ...error }).toMatchObject({ code: "unavailable", retryable: true, undecided: false });
    expect(requests).toHaveLength(6);
  });
});
