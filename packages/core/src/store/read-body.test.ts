import { describe, expect, it } from "vitest";
import { storeError } from "../test-support/test-schedule.js";
import { readBody } from "./read-body.js";

const ref = { bucket: "b", key: "k" };
const bytes = (text: string) => new TextEncoder().encode(text);

/** A stream that gives what it is told, then waits for ever. */
function endless(text: string) {
  let cancelledWith: unknown;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes(text)),
    cancel(reason) {
      cancelledWith = reason;
    },
  });
  return { stream, cancelledWith: () => cancelledWith };
}

describe("readBody()", () => {
  it("copies bytes, so that nobody changes what was handed over", async () => {
    const given = bytes("abc");
    const read = await readBody(ref, given);
    given.fill(0);
    expect(read).toEqual(bytes("abc"));
  });

  it("refuses a body of another length than its size, of bytes and of a stream", async () => {
    for (const body of [bytes("abc"), new Response("abc").body ?? bytes("")]) {
      await expect(readBody(ref, body, { size: 4 })).rejects.toMatchObject({
        code: "unexpected",
        undecided: false,
        message: "put b/k: the body has 3 bytes, not the 4 of its size",
      });
    }
    expect(await readBody(ref, bytes("abc"), { size: 3 })).toEqual(bytes("abc"));
  });

  it("ends at once when it is aborted, and cancels the rest of the stream", async () => {
    const abort = new AbortController();
    const { stream, cancelledWith } = endless("abc");
    const reading = readBody(ref, stream, { signal: abort.signal });
    abort.abort("no longer wanted");
    await expect(reading).rejects.toMatchObject({ code: "aborted", cause: "no longer wanted" });
    expect(cancelledWith()).toBe("no longer wanted");
  });

  it("says that a body broke off, and keeps a store's own error", async () => {
    const failing = (error: unknown) =>
      new ReadableStream<Uint8Array>({ start: (controller) => controller.error(error) });
    const cause = new Error("reset");
    await expect(readBody(ref, failing(cause))).rejects.toMatchObject({
      code: "unexpected",
      message: "put b/k: the body broke off",
      cause,
    });
    const own = storeError("denied", "get");
    await expect(readBody(ref, failing(own))).rejects.toBe(own);
  });

  it("is aborted as well if the stream won't be cancelled", async () => {
    const abort = new AbortController();
    const stream = new ReadableStream<Uint8Array>({
      cancel: () => Promise.reject(new Error("busy")),
    });
    const reading = readBody(ref, stream, { signal: abort.signal });
    abort.abort();
    await expect(reading).rejects.toMatchObject({ code: "aborted" });
  });
});
