import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { Body, ObjectStore } from "../store/object-store.js";
import { storeError, testSchedule } from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { countedStore, noRequests, wrapStore } from "./wrap-store.js";

const ref = { bucket: "b", key: "k" };

describe("wrapStore()", () => {
  it("passes a store bytes of this realm, and their number", async () => {
    const { store } = testSchedule();
    const bodies: Body[] = [];
    const sizes: unknown[] = [];
    const put: ObjectStore["put"] = (target, body, options) => {
      bodies.push(body);
      return store.put(target, body, options);
    };
    const wrapped = wrapStore({ ...store, put }, (request, call, send) => {
      sizes.push(request.sizeBytes);
      return send(call);
    });
    const foreign: Uint8Array = runInNewContext("new Uint8Array([1, 2, 3])");
    await wrapped.put(ref, foreign);
    await wrapped.put(ref, new Blob(["x"]).stream(), { size: 1 });
    expect(bodies[0]).toBeInstanceOf(Uint8Array);
    expect(bodies[1]).toBeInstanceOf(ReadableStream);
    expect(sizes).toEqual([3, 1]);
  });
});

describe("countedStore()", () => {
  it("counts one request for each call, failed ones as well", async () => {
    const requests = noRequests();
    const { store } = testSchedule({ move: true });
    const counted = countedStore(store, requests);
    await counted.put(ref, new Uint8Array());
    await counted.head(ref);
    await counted.get(ref);
    await counted.list({ bucket: "b" });
    await counted.copy(ref, ref);
    await counted.move?.(ref, { ...ref, key: "other" });
    await counted.delete("b", ["k", "other"]);
    const failing = faultyStore(store, { before: () => storeError("denied", "head") });
    await expect(countedStore(failing, requests).head(ref)).rejects.toThrow();
    expect(requests).toEqual({ list: 1, head: 2, get: 1, put: 1, copy: 1, move: 1, delete: 1 });
  });

  it("counts only the requests that a call reports, if it reports any", async () => {
    const requests = noRequests();
    const { store } = testSchedule();
    const inParts: typeof store.copy = async (source, target, options) => {
      for (const kind of ["head", "put", "copy", "copy", "put"] as const)
        options?.onRequest?.(kind);
      return store.copy(source, target, options);
    };
    await countedStore({ ...store, copy: inParts }, requests).copy(ref, ref);
    expect(requests).toMatchObject({ head: 1, put: 2, copy: 2 });
  });
});
