import { memoryStore } from "@keywhen/core/testing";
import { expect, it } from "vitest";
import { traceCalls } from "./traced-store.js";

const at = { bucket: "first", key: "conformance-1/name" };

it("passes calls to a store that is an instance of a class with private fields", async () => {
  class Store {
    readonly #inner = memoryStore({ clock: Date });
    readonly capabilities = this.#inner.capabilities;
    head(...args: Parameters<ReturnType<typeof memoryStore>["head"]>) {
      return this.#inner.head(...args);
    }
  }
  const traced = traceCalls(Object.assign(new Store(), memoryWithoutHead()), "conformance-1/");
  expect(await traced.store.head(at)).toBeUndefined();
  expect(traced.lastCalls()).toEqual([`head("first/…/name") → undefined`]);
});

it("has no optional call that the store has not, and passes on what it doesn't record", () => {
  const { store } = traceCalls(memoryStore({ clock: Date }), "");
  expect(store.move).toBeUndefined();
  expect(store.nameProblem?.({ bucket: "b", key: "" })).toBe("the key is empty");
});

it("shows the last three calls with their arguments and answers, or the error", async () => {
  const { store, lastCalls } = traceCalls(
    memoryStore({ clock: Date, buckets: ["first"] }),
    "conformance-1/",
  );
  await store.head(at);
  await store.put(at, new Uint8Array(4), { condition: { if: "absent" } });
  await store.list({ bucket: "first", prefix: "conformance-1/" });
  await store.delete("none", ["conformance-1/name"]).catch(() => undefined);
  expect(lastCalls()).toEqual([
    expect.stringMatching(
      /^put\("first\/…\/name", <4 bytes>, \{"condition":\{"if":"absent"\}\}\) → \{"outcome":"written"/,
    ),
    `list({"bucket":"first","prefix":"…/"}) → {"more":false,"keys":["…/name"]}`,
    expect.stringMatching(
      /^delete\("none", \["…\/name"\]\) → throws ObjectStoreError no-such-bucket: delete none: /,
    ),
  ]);
});

function memoryWithoutHead() {
  const { head: _, ...rest } = memoryStore({ clock: Date });
  return rest;
}
