import {
  CONDITIONS_KEPT,
  conditionsKeptWithWeakEtags,
  openAzuriteAccount,
} from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { azureStore } from "./azure-store.js";
import { clientOf, makeContainers } from "./testing/client-of.js";

describe("a proxy that weakens ETags in front of Azurite", () => {
  it("changes nothing about leases and chosen ids", async () => {
    const azurite = await openAzuriteAccount();
    onTestFinished(() => azurite.stop());
    const kept = conditionsKeptWithWeakEtags(azurite, async (server) => {
      const client = clientOf(server);
      await makeContainers(client, "schedule", "target");
      return azureStore({ client });
    });
    expect(await kept).toEqual(CONDITIONS_KEPT);
  });
});
