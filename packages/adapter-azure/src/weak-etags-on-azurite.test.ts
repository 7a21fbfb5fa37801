import {
  CONDITIONS_KEPT,
  conditionsKept,
  startAzurite,
  startFaultProxy,
} from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { azureStore } from "./azure-store.js";
import { clientOf, makeContainers } from "./testing/client-of.js";

describe("a proxy that weakens ETags in front of Azurite", () => {
  it("changes nothing about leases and chosen ids", async () => {
    const server = await startAzurite();
    onTestFinished(() => server.stop());
    const proxy = await startFaultProxy({
      target: server.endpoint,
      decide: () => ({ kind: "weaken-etag" }),
    });
    onTestFinished(() => proxy.close());
    const client = clientOf({ ...server, endpoint: proxy.url });
    await makeContainers(client, "schedule", "target");
    expect(await conditionsKept(azureStore({ client }))).toEqual(CONDITIONS_KEPT);
  });
});
