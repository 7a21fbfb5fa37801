import { describe, expect, it } from "vitest";
import { storeError } from "../test-support/test-schedule.js";
import { readBody } from "./read-body.js";

const ref = { bucket: "b", key: "k" };
const bytes = (text: string) => new TextEncoder().encode(text);

describe("readBody()", () => {
  it("copies bytes, also those of a Buffer, whose slices share memory", async () => {
    const given = Buffer.from("abc");
    const read = await readBody(ref, given);
    given.fill(0);
    expect(read).toEqual(bytes("abc"));
  });

  it("refuses a body of another length than its size, of bytes and of a stream", async () => {
    for (const body of [bytes("abc"), new Response("abc").body ?? bytes("")]) {
      await expect(readBody(ref, body, { size: 4 })).rejects.toMatchObject({
        code: "unexpected",
        undecided: false,
      });
    }
    expect(await readBody(ref, bytes("abc"), { size: 3 })).toEqual(bytes("abc"));
  });

  it.each([
    ["and cancels the rest of the stream", () => undefined],
    ["even if the stream can't be canceled", () => Promise.reject(new Error("busy"))],
  ])("ends immediately when it is aborted, %s", async (_, cancel) => {
    const abort = new AbortController();
    const reasons: unknown[] = [];
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes("abc")), // and then nothing more
      cancel(reason) {
        reasons.push(reason);
        return cancel();
      },
    });
    const reading = readBody(ref, stream, { signal: abort.signal });
    abort.abort("no longer needed");
    await expect(reading).rejects.toMatchObject({ code: "aborted", cause: "no longer needed" });
    expect(reasons).toEqual(["no longer needed"]);
  });

  it("reports that a body broke off, and passes on a store's own error", async () => {
    const failing = (error: unknown) =>
      new ReadableStream<Uint8Array>({ start: (controller) => controller.error(error) });
    const cause = new Error("reset");
    await expect(readBody(ref, failing(cause))).rejects.toMatchObject({
      code: "unexpected",
      cause,
    });
    const own = storeError("denied", "get");
    await expect(readBody(ref, failing(own))).rejects.toBe(own);
  });
});
