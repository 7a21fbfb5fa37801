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
    [
      { client, retries: 1 },
      /no option "retries"; use one of these: client, singleCopyMaxBytes, copyTags/,
    ],
    [{ client: {} }, /must be a BlobServiceClient/],
    [{ client, singleCopyMaxBytes: 268_435_457 }, /a whole number, 1 to 268435456/],
    [{ client, copyTags: "yes" }, /true or false/],
  ])("refuses what can't be right: %#", (options, message) => {
    expect(() => Reflect.apply(azureStore, undefined, [options])).toThrow(
      expect.objectContaining({ code: "invalid-option", message: expect.stringMatching(message) }),
    );
  });
});
