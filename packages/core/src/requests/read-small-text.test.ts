import { describe, expect, it } from "vitest";
import type { OpenObject } from "../store/object-store.js";
import { manualClock } from "../testing/manual-clock.js";
import { readSmallText } from "./read-small-text.js";

const ref = { bucket: "b", key: "k" };
const clock = () => manualClock("2026-12-24T12:00Z");

function opened(body: ReadableStream<Uint8Array>, size = 3): OpenObject {
  const headers = { contentType: undefined, contentEncoding: undefined, cacheControl: undefined };
  return { size, body, version: "1", lastModified: new Date(0), metadata: {}, ...headers };
}

const endless = () => opened(new ReadableStream<Uint8Array>());

describe("readSmallText()", () => {
  it("gives the text of one of keywhen's own objects", async () => {
    const body = new Blob(["abc"]).stream();
    expect(await readSmallText(clock(), ref, opened(body), undefined)).toBe("abc");
  });

  it("reads nothing of what is too large to be one", async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      cancel() {
        isCancelled = true;
      },
    });
    expect(await readSmallText(clock(), ref, opened(body, 65_537), undefined)).toBe("");
    expect(isCancelled).toBe(true);
    const largest = new Blob(["x".repeat(65_536)]).stream();
    expect(await readSmallText(clock(), ref, opened(largest, 65_536), undefined)).toHaveLength(
      65_536,
    );
  });

  it("can be tried again if the body breaks off, or doesn't end in time", async () => {
    const broken = new ReadableStream<Uint8Array>({ start: (to) => to.error(new Error("reset")) });
    await expect(readSmallText(clock(), ref, opened(broken), undefined)).rejects.toMatchObject({
      code: "unavailable",
      retryable: true,
      message: "get b/k: its body broke off",
    });
    const manual = clock();
    const slow = readSmallText(manual, ref, endless(), undefined);
    const refused = expect(slow).rejects.toMatchObject({
      code: "unavailable",
      message: "get b/k: its body did not end within 10 s",
    });
    await manual.advance("11s");
    await refused;
  });

  it("ends with its caller's signal", async () => {
    const abort = new AbortController();
    const reading = readSmallText(clock(), ref, endless(), abort.signal);
    abort.abort("stop");
    await expect(reading).rejects.toMatchObject({ code: "aborted", cause: "stop" });
  });
});
