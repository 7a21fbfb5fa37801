import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32c } from "./gcs-object.js";
import { gcsUnderTest, reasonOf } from "./gcs-under-test.js";

const MEBIBYTE = 1_048_576;
const { server, bucket, ask, insert, objectPath } = gcsUnderTest({
  maxBytesPerRewrite: 2 * MEBIBYTE,
});

describe("startGcsServer()", () => {
  it("answers errors as Google writes them, with its time", async () => {
    const missing = await ask("GET", objectPath("never"));
    const message = `No such object: ${bucket()}/never`;
    const errors = [{ message, domain: "global", reason: "notFound" }];
    expect(missing.json).toEqual({ error: { code: 404, message, errors } });
    expect(Date.parse(missing.headers.get("date") ?? "")).toBeGreaterThan(Date.now() - 5_000);
  });

  it.each([
    ["a missing bucket", "GET", "/storage/v1/b/nowhere", 404, "notFound"],
    ["a list of a missing bucket", "GET", "/storage/v1/b/nowhere/o", 404, "notFound"],
    ["an object in a missing bucket", "GET", "/storage/v1/b/nowhere/o/k", 404, "notFound"],
    [
      "an upload to a missing bucket",
      "POST",
      "/upload/storage/v1/b/nowhere/o?name=k",
      404,
      "notFound",
    ],
    ["an upload without a name", "POST", "/upload/storage/v1/b/bucket-1/o", 400, "required"],
    ["another API", "GET", "/compute/v1", 404, "notFound"],
  ])("refuses %s", async (_, method, path, status, reason) => {
    expect(reasonOf(await ask(method, path))).toEqual([status, reason]);
  });

  it("has a bucket once", async () => {
    const body = JSON.stringify({ name: bucket() });
    expect(reasonOf(await ask("POST", "/storage/v1/b", { body }))).toEqual([409, "conflict"]);
  });

  it.each([".", "..", "line\nbreak", "x".repeat(1_025), ".well-known/acme-challenge/x"])(
    "refuses the name %j",
    async (name) => {
      expect(reasonOf(await insert(name))).toEqual([400, "invalid"]);
    },
  );

  it("gives each body a higher generation, and counts changes of the metadata", async () => {
    const first = await insert("k", "1");
    const second = await insert("k", "2");
    expect(BigInt(second.json.generation)).toBeGreaterThan(BigInt(first.json.generation));
    const body = JSON.stringify({ metadata: { a: "1", b: "2" } });
    await ask("PATCH", objectPath("k"), { body });
    const patch = JSON.stringify({ metadata: { a: null }, cacheControl: "no-store" });
    const { json } = await ask("PATCH", objectPath("k"), { body: patch });
    expect(json).toMatchObject({ generation: second.json.generation, metageneration: "3" });
    expect([json.metadata, json.cacheControl]).toEqual([{ b: "2" }, "no-store"]);
  });

  it("fails the next requests on demand, and does nothing", async () => {
    server().failNext({ status: 429, reason: "rateLimitExceeded" }, 2);
    server().failNext("reset");
    expect(reasonOf(await insert("k"))).toEqual([429, "rateLimitExceeded"]);
    expect(reasonOf(await insert("k"))).toEqual([429, "rateLimitExceeded"]);
    await expect(insert("k")).rejects.toThrow();
    expect((await ask("GET", objectPath("k"))).status).toBe(404);
  });
});

describe("preconditions", () => {
  const OTHER = "&ifGenerationMatch=1";

  it.each([
    ["ifGenerationMatch=0", "free", 200],
    ["ifGenerationMatch=0", "taken", 412],
    ["ifGenerationMatch=GENERATION", "taken", 200],
    ["ifGenerationMatch=1", "taken", 412],
    ["ifGenerationMatch=1", "free", 412],
    ["ifGenerationMatch=abc", "taken", 400],
  ])("of an insert: %s on a %s name answers %s", async (precondition, name, status) => {
    const { json } = await insert("taken", "first");
    const query = `&${precondition.replace("GENERATION", json.generation)}`;
    expect((await insert(name, "second", query)).status).toBe(status);
    const { text } = await ask("GET", `${objectPath("taken")}?alt=media`);
    expect(text).toBe(status === 200 && name === "taken" ? "second" : "first");
  });

  it.each([
    ["GET", "ifGenerationMatch=1", 412],
    ["DELETE", "ifGenerationMatch=1", 412],
    ["PATCH", "ifGenerationMatch=1", 412],
    ["GET", "generation=1", 404],
  ])("of a %s: %s answers %s", async (method, precondition, status) => {
    await insert("k");
    expect((await ask(method, `${objectPath("k")}?${precondition}`)).status).toBe(status);
    expect((await ask("GET", objectPath("k"))).json.metageneration).toBe("1");
  });

  it.each(["rewriteTo/b/BUCKET/o/target", "moveTo/o/target"])(
    "of both ends of %s",
    async (verb) => {
      const source = await insert("source", "new");
      await insert("target", "old");
      const path = `${objectPath("source")}/${verb.replace("BUCKET", bucket())}`;
      const refused = [412, "conditionNotMet"];
      for (const query of ["ifSourceGenerationMatch=1", "ifGenerationMatch=0", OTHER]) {
        expect(reasonOf(await ask("POST", `${path}?${query}`))).toEqual(refused);
      }
      expect((await ask("GET", `${objectPath("target")}?alt=media`)).text).toBe("old");
      const { generation } = source.json;
      expect((await ask("POST", `${path}?ifSourceGenerationMatch=${generation}`)).status).toBe(200);
      expect((await ask("GET", `${objectPath("target")}?alt=media`)).text).toBe("new");
    },
  );
});

describe("downloads", () => {
  it("unpack gzip for a client that does not accept it", async () => {
    const packed = gzipSync("plain");
    await insert("k", new Uint8Array(packed), "&contentEncoding=gzip");
    const headers = { "accept-encoding": "identity" };
    const answer = await ask("GET", `${objectPath("k")}?alt=media`, { headers });
    expect([answer.text, answer.headers.get("content-encoding")]).toEqual(["plain", null]);
    const stored = await ask("GET", `${objectPath("k")}?alt=media`);
    expect(stored.headers.get("content-encoding")).toBe("gzip");
  });

  it("say in plain words what is missing", async () => {
    const { text, json } = await ask("GET", `${objectPath("never")}?alt=media`);
    expect([text, json]).toEqual([`No such object: ${bucket()}/never`, undefined]);
  });
});

describe("lists", () => {
  it("have the fields that are asked for", async () => {
    await insert("k");
    const { json } = await ask("GET", `/storage/v1/b/${bucket()}/o?fields=items(name,size)`);
    expect(json).toEqual({ items: [{ name: "k", size: "4" }] });
  });
});

describe("rewrites", () => {
  const rewrite = (query: string, body?: string) =>
    ask("POST", `${objectPath("source")}/rewriteTo/b/${bucket()}/o/target?${query}`, {
      ...(body === undefined ? {} : { body }),
    });

  it("go on with a token until they are done, and only then show the target", async () => {
    await insert("source", new Uint8Array(5 * MEBIBYTE));
    const first = await rewrite("");
    expect(first.json).toMatchObject({ done: false, totalBytesRewritten: `${2 * MEBIBYTE}` });
    const token = first.json.rewriteToken;
    expect((await rewrite(`rewriteToken=${token}`)).json.done).toBe(false);
    expect((await ask("GET", objectPath("target"))).status).toBe(404);
    const last = await rewrite(`rewriteToken=${token}`);
    expect(last.json).toMatchObject({ done: true, resource: { size: `${5 * MEBIBYTE}` } });
    expect(reasonOf(await rewrite(`rewriteToken=${token}`))).toEqual([410, "gone"]);
  });

  it("keep the source's attributes, or take those of the request and no others", async () => {
    await insert("source", "body");
    const body = JSON.stringify({ contentType: "text/x", metadata: { a: "1" } });
    await ask("PATCH", objectPath("source"), { body });
    expect((await rewrite("")).json.resource).toMatchObject({ contentType: "text/x" });
    const given = JSON.stringify({ cacheControl: "no-store" });
    const { resource } = (await rewrite("", given)).json;
    expect([resource.contentType, resource.metadata]).toEqual([undefined, undefined]);
  });
});

describe("crc32c()", () => {
  it.each([
    ["", "AAAAAA=="],
    // The check value of CRC-32C, 0xe3069283.
    ["123456789", "4waSgw=="],
  ])("sums %j", (text, sum) => {
    expect(crc32c(Buffer.from(text))).toBe(sum);
  });
});
