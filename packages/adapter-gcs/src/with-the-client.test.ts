import { describe, expect, it } from "vitest";
import { clientOf } from "./testing/client-of.js";
import { onTestServer } from "./testing/on-wire.js";

const HEADERS = {
  contentType: "text/x",
  contentEncoding: "identity",
  cacheControl: "no-store",
  metadata: { "keywhen-id": "1" },
};

/** Google's own client reads what the store writes, and the other way round, on the same test server. */
describe("Google's client", () => {
  it("reads what the store put", async () => {
    const { store, server } = await onTestServer();
    const put = await store.put({ bucket: "here", key: "a/ü +%" }, Buffer.from("body"), HEADERS);
    const file = clientOf(server).bucket("here").file("a/ü +%");
    const [found] = await file.getMetadata();
    expect(found).toMatchObject({ ...HEADERS, size: "4" });
    expect(put).toEqual({ outcome: "written", version: found.generation });
    expect((await file.download())[0].toString()).toBe("body");
    const [files] = await clientOf(server).bucket("here").getFiles({ prefix: "a/" });
    expect(files.map(({ name }) => name)).toEqual(["a/ü +%"]);
  });

  it.each([false, true])("writes what the store reads, resumable: %s", async (resumable) => {
    const { store, server } = await onTestServer();
    const { metadata, ...headers } = HEADERS;
    const file = clientOf(server).bucket("here").file("k");
    await file.save("body", { resumable, metadata: { ...headers, metadata } });
    const opened = await store.get({ bucket: "here", key: "k" });
    expect(opened).toMatchObject({ ...HEADERS, size: 4, version: file.metadata.generation });
    expect(await new Response(opened?.body).text()).toBe("body");
  });

  it("sees the store's conditions, and the store sees its own", async () => {
    const { store, server } = await onTestServer();
    const ref = { bucket: "here", key: "k" };
    const file = clientOf(server).bucket("here").file("k");
    await file.save("1", { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } });
    const condition = { if: "absent" } as const;
    expect(await store.put(ref, Buffer.from("2"), { condition })).toEqual({ outcome: "exists" });
    const stale = { ifGenerationMatch: 1 };
    const late = file.save("3", { resumable: false, preconditionOpts: stale });
    await expect(late).rejects.toMatchObject({ code: 412 });
  });

  it("copies and deletes with the same results", async () => {
    const { store, server } = await onTestServer({ maxBytesPerRewrite: 1_048_576 });
    const ref = { bucket: "here", key: "k" };
    await store.put(ref, new Uint8Array(3_000_000), HEADERS);
    const client = clientOf(server);
    await client.bucket("here").file("k").copy(client.bucket("away").file("k"));
    expect(await store.head({ bucket: "away", key: "k" })).toMatchObject({
      ...HEADERS,
      size: 3_000_000,
    });
    await client.bucket("here").file("k").delete();
    expect(await store.head(ref)).toBeUndefined();
  });
});
