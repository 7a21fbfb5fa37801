import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { Body, ObjectStore } from "../store/object-store.js";
import { testHome } from "../test-support/test-home.js";
import { wrapStore } from "./wrap-store.js";

describe("wrapStore()", () => {
  it("gives a store bytes of its own realm, and knows how many there are", async () => {
    const { store } = testHome();
    const bodies: Body[] = [];
    const sizes: unknown[] = [];
    const noting: ObjectStore = {
      ...store,
      put: (ref, body, options) => {
        bodies.push(body);
        return store.put(ref, body, options);
      },
    };
    const wrapped = wrapStore(noting, (request, call, send) => {
      sizes.push(request.sizeBytes);
      return send(call);
    });
    const foreign: Uint8Array = runInNewContext("new Uint8Array([1, 2, 3])");
    await wrapped.put({ bucket: "b", key: "k" }, foreign);
    await wrapped.put({ bucket: "b", key: "k" }, new Blob(["x"]).stream(), { size: 1 });
    expect(bodies[0]).toBeInstanceOf(Uint8Array);
    expect(bodies[1]).toBeInstanceOf(ReadableStream);
    expect(sizes).toEqual([3, 1]);
  });
});
