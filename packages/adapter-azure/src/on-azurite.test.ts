import { inspect } from "node:util";
import {
  CONDITIONS_KEPT,
  conditionsKeptWithWeakEtags,
  manyBytes,
  storeErrorOf,
  streamOf,
} from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobOf } from "./azure-connection.js";
import { azureStore } from "./azure-store.js";
import { type AzuriteForTests, azuriteForTests } from "./testing/azurite-for-tests.js";
import { clientOf, makeContainers } from "./testing/client-of.js";

const HEADERS = {
  contentType: "text/plain",
  contentEncoding: "identity",
  cacheControl: "no-store",
  metadata: { "keywhen-id": "order-42", "1-digit": "first", "-dash": "first, too" },
};

describe("azureStore() on Azurite", () => {
  let azurite: AzuriteForTests;
  beforeAll(async () => {
    azurite = await azuriteForTests();
    await makeContainers(azurite.client, "here", "away", "sas");
  });
  afterAll(() => azurite?.stop());

  it.each(["dot.", "a./b", "...", "a/../b", "back\\slash", "line\nbreak", "/".repeat(254)])(
    "refuses %j, which Azure would change, and sends nothing",
    async (key) => {
      const store = azureStore({ client: azurite.client });
      const sent: string[] = [];
      const call = { onRequest: (kind: string) => void sent.push(kind) };
      const error = await storeErrorOf(store.put({ bucket: "here", key }, new Uint8Array(), call));
      expect([error.code, error.undecided, sent]).toEqual(["invalid-key", false, []]);
    },
  );

  it("writes metadata under names that Azure takes", async () => {
    const store = azureStore({ client: azurite.client });
    const ref = { bucket: "here", key: "named" };
    await store.put(ref, new Uint8Array(), HEADERS);
    const { metadata } = await blobOf(azurite.client, ref).getProperties();
    expect(Object.keys(metadata ?? {}).toSorted()).toEqual(["_1_digit", "__dash", "keywhen_id"]);
    expect((await store.head(ref))?.metadata).toEqual(HEADERS.metadata);
  });

  it("copies in blocks with every header, metadata and tag", async () => {
    const store = azureStore({ client: azurite.client, singleCopyMaxBytes: 1_000, copyTags: true });
    const source = { bucket: "here", key: "large source" };
    const target = { bucket: "away", key: "large target" };
    const bytes = manyBytes(4_321);
    await store.put(source, bytes, HEADERS);
    await blobOf(azurite.client, source).setTags({ team: "ours" });
    await blobOf(azurite.client, source).setHTTPHeaders({
      blobContentType: "text/plain",
      blobContentLanguage: "de",
      blobContentDisposition: "attachment",
    });
    const requests: string[] = [];
    const onRequest = (kind: string) => void requests.push(kind);
    const copy = await store.copy(source, target, { size: bytes.length, onRequest });
    expect(copy).toEqual({ outcome: "copied" });
    const copied = blobOf(azurite.client, target);
    expect(await copied.downloadToBuffer()).toEqual(bytes);
    expect(await copied.getProperties()).toMatchObject({
      contentType: "text/plain",
      contentLanguage: "de",
      contentDisposition: "attachment",
    });
    expect((await store.head(target))?.metadata).toEqual(HEADERS.metadata);
    expect((await copied.getTags()).tags).toEqual({ team: "ours" });
    // Head, tags, five blocks, another look at the source, commit.
    const copies = ["copy", "copy", "copy", "copy", "copy"];
    expect(requests).toEqual(["head", "get", ...copies, "head", "copy"]);
  });

  it("copies nothing in blocks of a source that isn't there", async () => {
    const store = azureStore({ client: azurite.client, singleCopyMaxBytes: 1_000 });
    const target = { bucket: "away", key: "of nothing" };
    const copy = await store.copy({ bucket: "here", key: "never" }, target, { size: 2_000 });
    expect(copy).toEqual({ outcome: "source-gone" });
    expect(await store.head(target)).toBeUndefined();
  });

  it("puts a long stream of unknown length under a condition", async () => {
    const store = azureStore({ client: azurite.client });
    const ref = { bucket: "here", key: "long" };
    const chunk = (racer: number) => new Uint8Array(5_000_000).fill(racer);
    const put = (racer: number) => {
      const body = streamOf(chunk(racer), chunk(racer), chunk(racer));
      return store.put(ref, body, { condition: { if: "absent" } });
    };
    const racing = await Promise.all([1, 2, 3].map((racer) => put(racer).catch(conflict)));
    const winner = racing.findIndex(({ outcome }) => outcome === "written") + 1;
    expect(racing.filter(({ outcome }) => outcome === "written")).toHaveLength(1);
    expect(await put(4)).toEqual({ outcome: "exists" });
    const stored = await blobOf(azurite.client, ref).downloadToBuffer();
    expect(stored.every((byte) => byte === winner)).toBe(true);
    expect((await store.head(ref))?.size).toBe(15_000_000);
    const version = (await store.head(ref))?.version ?? "";
    const late = { condition: { if: "version", version: "0x1" } } as const;
    expect(await store.put(ref, streamOf(chunk(5), chunk(5)), late)).toEqual({
      outcome: "changed",
    });
    const inTime = { condition: { if: "version", version } } as const;
    expect(await store.put(ref, streamOf(chunk(6), chunk(6)), inTime)).toMatchObject({
      outcome: "written",
    });
    expect((await store.head(ref))?.size).toBe(10_000_000);
  });

  it("works with a SAS of the container alone, and never shows it", async () => {
    const store = azureStore({ client: azurite.clientWithSas("sas") });
    const source = { bucket: "sas", key: "source" };
    const target = { bucket: "sas", key: "a/target" };
    await store.put(source, Buffer.from("body"), HEADERS);
    expect(await store.copy(source, target)).toEqual({ outcome: "copied" });
    expect(await new Response((await store.get(target))?.body).text()).toBe("body");
    const gone = [{ outcome: "gone" }, { outcome: "gone" }];
    expect(await store.delete("sas", [source.key, target.key])).toEqual(gone);
    expect((await store.list({ bucket: "sas" })).objects).toEqual([]);
    const denied = await storeErrorOf(store.list({ bucket: "here" }));
    expect(denied.code).toBe("denied");
    expect(inspect(denied, { depth: 10 })).not.toMatch(/sig=(?!REDACTED)/);
  });

  it("keeps leases and chosen ids behind a proxy that weakens ETags", async () => {
    const kept = conditionsKeptWithWeakEtags(azurite.server, async (proxied) => {
      const client = clientOf(proxied);
      await makeContainers(client, "schedule", "target");
      return azureStore({ client });
    });
    expect(await kept).toEqual(CONDITIONS_KEPT);
  });
});

function conflict(error: unknown) {
  // A writer that commits drops the blocks of the others, which store nothing.
  expect(error).toMatchObject({ code: "conflict", retryable: true, undecided: false });
  return { outcome: "conflict" };
}
