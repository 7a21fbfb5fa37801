import type { PutResult } from "@keywhen/core/store";
import { describe, expect, it, vi } from "vitest";
import { putBody } from "./put-body.js";

const REF = { bucket: "b", key: "k" };
const WRITTEN: PutResult = { outcome: "written", version: "1" };

function streamOf(bytes: Uint8Array, cancel: (reason: unknown) => void) {
  return new ReadableStream<Uint8Array>(
    { pull: (controller) => controller.enqueue(bytes), cancel },
    { highWaterMark: 0 },
  );
}

const ways = () => ({ bytes: vi.fn(async () => WRITTEN), stream: vi.fn(async () => WRITTEN) });

describe("putBody()", () => {
  it("puts bytes as bytes and a stream as a stream, and releases what is not read of it", async () => {
    const put = ways();
    const cancel = vi.fn();
    expect(await putBody(REF, new Uint8Array(3), {}, put)).toEqual(WRITTEN);
    expect([put.bytes.mock.calls.length, put.stream.mock.calls.length]).toEqual([1, 0]);
    expect(await putBody(REF, streamOf(new Uint8Array(3), cancel), {}, put)).toEqual(WRITTEN);
    expect([put.bytes.mock.calls.length, put.stream.mock.calls.length]).toEqual([1, 1]);
    expect(cancel).toHaveBeenCalledOnce();
  });

  it("releases a stream whose put fails", async () => {
    const cancel = vi.fn();
    const stream = () => Promise.reject(new Error("refused"));
    const put = putBody(REF, streamOf(new Uint8Array(3), cancel), {}, { ...ways(), stream });
    await expect(put).rejects.toThrow("refused");
    expect(cancel).toHaveBeenCalledOnce();
  });

  it("stores nothing of a body of another size, or after an abort", async () => {
    const put = ways();
    await expect(putBody(REF, new Uint8Array(3), { size: 4 }, put)).rejects.toMatchObject({
      code: "unexpected",
      undecided: false,
      message: "put b/k: the body has 3 bytes, but size is 4: correct size, or leave it out",
    });
    const aborted = putBody(REF, new Uint8Array(3), { signal: AbortSignal.abort("late") }, put);
    await expect(aborted).rejects.toMatchObject({
      code: "aborted",
      undecided: false,
      cause: "late",
    });
    expect(put.bytes).not.toHaveBeenCalled();
  });
});
