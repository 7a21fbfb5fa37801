import { proveStore } from "@keywhen/store-conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { azureStore } from "./azure-store.js";
import { type AzuriteForTests, azuriteForTests } from "./testing/azurite-for-tests.js";
import { makeContainers } from "./testing/client-of.js";

/**
 * These two proofs ask for a key that ends in dots, of which Azure makes another one, so that it is refused
 * here. on-azurite.test.ts proves the same of all the other odd keys.
 */
const DOTS_AT_THE_END = new Set([
  "keeps odd keys apart and as they are",
  "deletes odd keys, one by one",
]);

describe("on Azurite", () => {
  let azurite: AzuriteForTests;
  const leftOut = new Set<string>();
  beforeAll(async () => {
    azurite = await azuriteForTests();
  });
  afterAll(() => azurite?.stop());

  proveStore({
    describe,
    it: (name, test) => (DOTS_AT_THE_END.has(name) ? leftOut.add(name) : it(name, test)),
    after: afterAll,
    name: "azureStore",
    open: async () => {
      const { client } = azurite;
      const buckets = await makeContainers(client, "conformance-here", "conformance-away");
      return { store: azureStore({ client }), buckets, close: async () => undefined };
    },
  });

  it("leaves out two proofs of the kit and no more", () => {
    expect(leftOut).toEqual(DOTS_AT_THE_END);
  });
});
