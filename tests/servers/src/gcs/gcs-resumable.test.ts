import { describe, expect, it } from "vitest";
import { gcsUnderTest, reasonOf } from "./gcs-under-test.js";

const MEBIBYTE = 1_048_576;
const UNIT = 262_144;
const { server, bucket, ask, insert, objectPath } = gcsUnderTest({
  maxBytesPerRewrite: 2 * MEBIBYTE,
});

describe("resumable uploads", () => {
  async function openSession(query = "", resource = {}): Promise<string> {
    const path = `/upload/storage/v1/b/${bucket()}/o?uploadType=resumable&name=k${query}`;
    const { headers } = await ask("POST", path, { body: JSON.stringify(resource) });
    return headers.get("location") ?? "";
  }
  const send = (session: string, range: string, body?: Uint8Array<ArrayBuffer>) =>
    ask("PUT", session, { headers: { "content-range": range }, ...(body ? { body } : {}) });

  it("report how far they are, and show the object with the last chunk", async () => {
    const session = await openSession("", { contentType: "text/x" });
    expect((await send(session, "bytes */*")).headers.get("range")).toBeNull();
    const chunk = new Uint8Array(UNIT);
    const first = await send(session, `bytes 0-${UNIT - 1}/*`, chunk);
    expect([first.status, first.headers.get("range")]).toEqual([308, `bytes=0-${UNIT - 1}`]);
    expect((await ask("GET", objectPath("k"))).status).toBe(404);
    const last = await send(session, `bytes ${UNIT}-${UNIT + 1}/${UNIT + 2}`, new Uint8Array(2));
    expect(last.json).toMatchObject({ size: `${UNIT + 2}`, contentType: "text/x" });
    expect((await send(session, "bytes */*")).json.generation).toBe(last.json.generation);
    expect(server().unfinishedUploads()).toBe(0);
  });

  it("take whole units of 256 KiB of a chunk that isn't the last", async () => {
    const session = await openSession();
    const answer = await send(session, `bytes 0-${UNIT + 9}/*`, new Uint8Array(UNIT + 10));
    expect(answer.headers.get("range")).toBe(`bytes=0-${UNIT - 1}`);
    expect(reasonOf(await send(session, "bytes 900000-900001/*", new Uint8Array(2)))).toEqual([
      400,
      "invalid",
    ]);
    await ask("DELETE", session);
  });

  it("check their preconditions again at the end", async () => {
    const session = await openSession("&ifGenerationMatch=0");
    await insert("k", "meanwhile");
    expect(reasonOf(await send(session, "bytes 0-0/1", new Uint8Array(1)))).toEqual([
      412,
      "conditionNotMet",
    ]);
    await ask("DELETE", session);
  });

  it("end when they are cancelled", async () => {
    const session = await openSession();
    expect(server().unfinishedUploads()).toBe(1);
    expect((await ask("DELETE", session)).status).toBe(499);
    expect(server().unfinishedUploads()).toBe(0);
    expect(reasonOf(await send(session, "bytes 0-0/1", new Uint8Array(1)))).toEqual([410, "gone"]);
  });
});
