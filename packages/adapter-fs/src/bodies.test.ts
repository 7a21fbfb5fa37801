import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { storeProcess } from "../fixtures/store-process.js";
import {
  allKeys,
  bytes,
  filesIn,
  leftovers,
  temporaryStore,
  textAt,
} from "../fixtures/temporary-store.js";
import { storeOn } from "./fs-store.js";

const REF = { bucket: "in", key: "deep/object" };
const MEGABYTE = 1_048_576;

function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull: (controller) => {
      const chunk = left.shift();
      if (chunk === undefined) controller.error(new Error("the source failed"));
      else controller.enqueue(chunk);
    },
  });
}

/** A promise that the test resolves. */
function held(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}

describe("put()", () => {
  it("leaves nothing of a body that breaks off", async () => {
    const { folder, store } = await temporaryStore();
    const put = store.put(REF, streamOf(bytes("half ")));
    await expect(put).rejects.toMatchObject({ code: "unavailable", undecided: false });
    await expect(put).rejects.toThrow("put in/deep/object: the body's stream failed");
    expect(await leftovers(folder)).toEqual([]);
    expect(await readdir(join(folder, "in"))).toEqual([]);
    expect(await filesIn(join(folder, ".keywhen/meta"))).toEqual([]);
  });

  it("writes the whole body where the system writes a part of it at a time", async () => {
    const { store } = await temporaryStore((calls) => ({
      ...calls,
      write: (fd, bytes) => calls.write(fd, bytes.subarray(0, 10)),
    }));
    const text = "0123456789".repeat(7);
    await store.put(REF, bytes(text), { metadata: { text } });
    expect(await textAt(store, REF)).toBe(text);
    expect((await store.head(REF))?.metadata).toEqual({ text });
  });

  it("refuses a stream of anything but bytes, and cancels it", async () => {
    const { folder, store } = await temporaryStore();
    let isCancelled = false;
    const strings = new ReadableStream<never>({
      pull: (controller) => controller.enqueue("text" as never),
      cancel: () => {
        isCancelled = true;
      },
    });
    const put = store.put(REF, strings);
    await expect(put).rejects.toMatchObject({ code: "unexpected", undecided: false });
    await expect(put).rejects.toThrow("must give Uint8Array chunks (got a string)");
    expect(isCancelled).toBe(true);
    expect(await leftovers(folder)).toEqual([]);
  });

  it("cancels a body that it does not read to the end", async () => {
    const { store } = await temporaryStore();
    await store.put(REF, bytes("here already"));
    const cancelled: string[] = [];
    const endless = (name: string) =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(bytes("and on ")),
        cancel: () => void cancelled.push(name),
      });
    await expect(store.put(REF, endless("too long"), { size: 20 })).rejects.toMatchObject({
      undecided: false,
      retryable: false,
    });
    await store.put(REF, endless("exists"), { condition: { if: "absent" } });
    const signal = AbortSignal.timeout(50);
    await expect(store.put(REF, endless("aborted"), { signal })).rejects.toMatchObject({
      code: "aborted",
    });
    expect(cancelled).toEqual(["too long", "exists", "aborted"]);
    expect(await textAt(store, REF)).toBe("here already");
  });

  it("leaves what was there if there is no room for the new body", async () => {
    const { folder, store } = await temporaryStore();
    const contested = { bucket: "in", key: "contested" };
    await store.put(contested, bytes("old"));
    const child = storeProcess(folder, "putBytes", String(MEGABYTE), "ulimit -f 64");
    expect(await child.said()).toMatchObject({
      code: "unavailable",
      retryable: true,
      undecided: false,
    });
    await child.done();
    expect(await textAt(store, contested)).toBe("old");
    expect(await leftovers(folder)).toEqual([]);
  });
});

describe("copy()", () => {
  it("leaves nothing if it is aborted in the middle", async () => {
    const copied = held();
    const released = held();
    const { folder, store } = await temporaryStore((calls) => ({
      ...calls,
      copyFile: async (...args) => {
        await calls.copyFile(...args);
        copied.resolve();
        await released.promise;
      },
    }));
    await store.put(REF, new Uint8Array(MEGABYTE));
    const aborting = new AbortController();
    const { signal } = aborting;
    const copy = store.copy(REF, { bucket: "out", key: "copy" }, { signal });
    await copied.promise; // the bytes are copied, the object is not in place
    expect(await leftovers(folder)).not.toEqual([]);
    aborting.abort();
    await expect(copy).rejects.toMatchObject({ code: "aborted", undecided: false });
    released.resolve();
    await expect.poll(() => leftovers(folder)).toEqual([]);
    expect(await allKeys(store, "out")).toEqual([]);
  });
});

describe("delete()", () => {
  it("ends soon if it is aborted in the middle, and says that some may be gone", async () => {
    const { opened, store } = await temporaryStore();
    const keys = Array.from({ length: 100 }, (_, i) => String(i));
    await Promise.all(keys.map((key) => store.put({ bucket: "in", key }, bytes(key))));
    const aborting = new AbortController();
    const deletesSome = storeOn({
      ...opened,
      place: (ref) => {
        if (ref.key === "50") aborting.abort();
        return opened.place(ref);
      },
    });
    const deleting = deletesSome.delete("in", keys, { signal: aborting.signal });
    await expect(deleting).rejects.toMatchObject({ code: "aborted", undecided: true });
    const left = await allKeys(store, "in");
    expect(left).not.toContain("0");
    expect(left).toContain("99");
  });
});

describe("get()", () => {
  it("is aborted in the middle of a body", async () => {
    const { store } = await temporaryStore();
    await store.put(REF, new Uint8Array(3 * MEGABYTE));
    const aborting = new AbortController();
    const opened = await store.get(REF, { signal: aborting.signal });
    const reader = opened?.body.getReader();
    await reader?.read();
    aborting.abort();
    await expect(reader?.read()).rejects.toMatchObject({ code: "aborted", operation: "get" });
  });

  it("still reads the whole body if the object is replaced and deleted during the read", async () => {
    const { store } = await temporaryStore();
    const body = new Uint8Array(2 * MEGABYTE).fill(7);
    await store.put(REF, body);
    const opened = await store.get(REF);
    await store.put(REF, bytes("new"));
    await store.delete("in", [REF.key]);
    const read = new Uint8Array(await new Response(opened?.body).arrayBuffer());
    expect(Buffer.compare(read, body)).toBe(0);
  });
});

describe("a large body", () => {
  it("is streamed both ways in little memory", async () => {
    const { folder } = await temporaryStore();
    const child = storeProcess(folder, "large", "200");
    const { size, grownBy } = Object(await child.said());
    expect(size).toBe(200 * MEGABYTE);
    expect(grownBy).toBeLessThan(64);
  });
});

describe("a store whose `.keywhen` folder is deleted", () => {
  it("makes that folder again", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(REF, bytes("1"), { contentType: "a/b" });
    await rm(join(folder, ".keywhen"), { recursive: true });
    expect(await store.head(REF)).toMatchObject({ size: 1, contentType: undefined });
    await store.put(REF, bytes("2"), { contentType: "a/b" });
    expect(await store.head(REF)).toMatchObject({ contentType: "a/b" });
    expect(await allKeys(store, "in")).toEqual([REF.key]);
  });
});
