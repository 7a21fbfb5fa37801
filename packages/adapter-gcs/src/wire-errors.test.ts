import type { Answer } from "@keywhen/test-servers";
import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { googleError, jsonAnswer, onWire, RESOURCE } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const bytes = new TextEncoder().encode("body");

const ANSWERS: [string, Answer, string, boolean, boolean][] = [
  ["429", googleError(429, "rateLimitExceeded"), "throttled", true, false],
  ["503", googleError(503, "backendError"), "unavailable", true, true],
  ["500", googleError(500, "internalError"), "unavailable", true, true],
  ["a 502 of a proxy", { status: 502, body: "<html>" }, "unavailable", true, true],
  ["401", googleError(401, "required"), "unauthenticated", false, false],
  ["403", googleError(403, "forbidden"), "denied", false, false],
  ["404", googleError(404, "notFound"), "no-such-bucket", false, false],
  ["409", googleError(409, "conflict"), "conflict", true, true],
  ["412", googleError(412, "conditionNotMet"), "conflict", true, false],
  ["garbage", { body: "well done" }, "unexpected", false, true],
  ["an object without a generation", jsonAnswer({ name: "k" }), "unexpected", false, true],
  ["a redirect", { status: 302, headers: { location: "/" } }, "unexpected", false, false],
  ["a cut answer", { body: "x".repeat(100), cutAfterBytes: 5 }, "unavailable", true, true],
  ["a reset", "reset", "unavailable", true, true],
];

describe("put()", () => {
  it.each(ANSWERS)("takes %s for what it is, over the wire", async (...row) => {
    const [, answer, code, retryable, undecided] = row;
    const { store, requests } = await onWire(() => answer);
    const error = await storeErrorOf(store.put(ref, bytes));
    const expected = { code, retryable, undecided, operation: "put", bucket: "here", key: "k" };
    expect({ ...error }).toMatchObject(expected);
    expect(requests).toHaveLength(1);
  });
});

describe("a 404", () => {
  const missing = googleError(404, "notFound", "No such object: here/k");

  it("is a missing object to head, get, delete and move", async () => {
    const { store } = await onWire(() => missing);
    expect(await store.head(ref)).toBeUndefined();
    expect(await store.get(ref)).toBeUndefined();
    expect(await store.delete("here", ["k"])).toEqual([{ outcome: "gone" }]);
    const target = { bucket: "here", key: "t" };
    expect(await store.move?.(ref, target)).toEqual({ outcome: "source-gone" });
  });

  it("is a missing bucket to list", async () => {
    const { store } = await onWire(() => missing);
    expect((await storeErrorOf(store.list({ bucket: "here" }))).code).toBe("no-such-bucket");
  });

  it("of a proxy is none of it", async () => {
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

  it("fails a body that breaks off", async () => {
    const body = { body: new Uint8Array(100_000), cutAfterBytes: 50_000 };
    const { store } = await onWire((_, index) => (index === 0 ? described : body));
    const opened = await store.get(ref);
    const error = await storeErrorOf(new Response(opened?.body).arrayBuffer());
    expect({ ...error }).toMatchObject({ code: "unavailable", operation: "get", key: "k" });
  });

  it("frees the connection when the body is cancelled", async () => {
    const body = { body: new Uint8Array(33_554_432) };
    const { store, connections } = await onWire((_, index) => (index === 0 ? described : body));
    const opened = await store.get(ref);
    expect(await connections()).toBeGreaterThan(0);
    await opened?.body.cancel();
    await expect.poll(connections).toBe(0);
  });

  it("ends a body when its signal aborts", async () => {
    const body = { body: new Uint8Array(33_554_432) };
    const { store } = await onWire((_, index) => (index === 0 ? described : body));
    const aborting = new AbortController();
    const opened = await store.get(ref, { signal: aborting.signal });
    const reader = opened?.body.getReader();
    await reader?.read();
    aborting.abort();
    const drain = async () => {
      while (!(await reader?.read())?.done);
    };
    expect((await storeErrorOf(drain())).code).toBe("aborted");
  });

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

  it("gives up on an object that is replaced again and again", async () => {
    const { store, requests } = await onWire((_, index) =>
      index % 2 === 0 ? described : { status: 404 },
    );
    const error = await storeErrorOf(store.get(ref));
    expect({ ...error }).toMatchObject({ code: "unavailable", retryable: true, undecided: false });
    expect(requests).toHaveLength(6);
  });
});
