import { proveStore } from "@keywhen/store-conformance";
import { afterAll, beforeAll, describe, it } from "vitest";
import { azureStore } from "./azure-store.js";
import { type AzuriteForTests, azuriteForTests } from "./testing/azurite-for-tests.js";
import { makeContainers } from "./testing/client-of.js";

describe("on Azurite", () => {
  let azurite: AzuriteForTests;
  beforeAll(async () => {
    azurite = await azuriteForTests();
  });
  afterAll(() => azurite?.stop());

  proveStore({
    describe,
    it,
    after: afterAll,
    name: "azureStore",
    open: async () => {
      const { client } = azurite;
      const buckets = await makeContainers(client, "conformance-here", "conformance-away");
      return { store: azureStore({ client }), buckets, close: async () => undefined };
    },
  });
});
