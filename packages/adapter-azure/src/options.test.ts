import { BlobServiceClient } from "@azure/storage-blob";
import { describe, expect, it } from "vitest";
import { azureStore } from "./azure-store.js";

const client = new BlobServiceClient("https://account.blob.core.windows.net?sv=1&sig=x");

describe("azureStore()", () => {
  it("copies up to 256 MiB in one request by default", () => {
    expect(azureStore({ client }).capabilities.singleCopyMaxBytes).toBe(256 * 1_048_576);
    const small = azureStore({ client, singleCopyMaxBytes: 1_000 });
    expect(small.capabilities.singleCopyMaxBytes).toBe(1_000);
  });

  it.each([
    { client, retries: 1 },
    { client, singleCopyMaxBytes: 268_435_457 },
    { client, copyTags: "yes" },
    {},
    { client: { url: client.url } },
    { client: Object.create(client, { pipeline: { value: {} } }) },
  ])("refuses what can't be right: %#", (options) => {
    const code = "invalid-option";
    expect(() => Reflect.apply(azureStore, undefined, [options])).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
