import { describe, expect, it } from "vitest";
import { KeywhenError } from "../keywhen-error.js";
import type { ObjectStore } from "../store/object-store.js";
import { testHome } from "../test-support/test-home.js";
import { limitedStore } from "./limited-store.js";

const ref = { bucket: "b", key: "k" };

/** A store whose calls never end, whatever their signal says. */
function silent(kind: "put" | "copy" | "head") {
  const home = testHome();
  const never = () => new Promise<never>(() => {});
  const store: ObjectStore = { ...home.store, [kind]: never };
  return { clock: home.clock, limited: limitedStore(store, home.clock) };
}

describe("limitedStore()", () => {
  it.each([
    ["head", (store: ObjectStore) => store.head(ref), 10],
    ["put", (store: ObjectStore) => store.put(ref, new Uint8Array(1_000_000)), 14],
    ["copy", (store: ObjectStore) => store.copy(ref, ref), 15],
    ["copy", (store: ObjectStore) => store.copy(ref, ref, { size: 40_000_000 }), 17],
  ] as const)("ends each %s, by its size", async (kind, send, seconds) => {
    const { clock, limited } = silent(kind);
    let error: unknown;
    const sending = send(limited).catch((reason: unknown) => {
      error = reason;
    });
    await clock.advance(`${seconds - 1}s`);
    expect(error).toBeUndefined();
    await clock.advance("2s");
    await sending;
    expect(error).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`no answer within ${seconds} s`),
    });
  });

  it("lets a stream of unknown length take as long as it takes", async () => {
    const { clock, limited } = silent("put");
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
    };
    void limited.put(ref, new ReadableStream<Uint8Array>()).then(end, end);
    await clock.advance("1d");
    expect(hasEnded).toBe(false);
  });

  it.each([
    [new TypeError("x is not a function"), "x is not a function"],
    ["thrown text", "thrown text"],
  ])("makes a store's error of whatever a store throws: %s", async (cause, message) => {
    const home = testHome();
    const head = () => {
      throw cause;
    };
    const limited = limitedStore({ ...home.store, head }, home.clock);
    await expect(limited.head(ref)).rejects.toMatchObject({
      code: "unexpected",
      undecided: true,
      message: `head b/k: ${message}`,
      cause,
    });
  });

  it("throws a wrong setting on in its own words", async () => {
    const home = testHome();
    const wrong = new KeywhenError("invalid-option", "No AWS region is set.");
    const head = () => Promise.reject(wrong);
    const limited = limitedStore({ ...home.store, head }, home.clock);
    await expect(limited.head(ref)).rejects.toBe(wrong);
  });
});
