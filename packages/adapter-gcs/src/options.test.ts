import { Agent } from "node:http";
import { Storage } from "@google-cloud/storage";
import { describe, expect, it } from "vitest";
import { gcsStore } from "./gcs-store.js";
import { clientOf } from "./testing/client-of.js";
import { onTestServer } from "./testing/on-wire.js";

const client = new Storage();

describe("gcsStore()", () => {
  it("declares what Cloud Storage can do", () => {
    expect(gcsStore({ client }).capabilities).toMatchObject({
      move: "same-bucket",
      deleteBatchSize: 1,
      singleCopyMaxBytes: Number.POSITIVE_INFINITY,
      clock: "store",
    });
  });

  it("uses the agent from its options", async () => {
    const { server } = await onTestServer();
    const agent = new Agent({ keepAlive: true });
    const store = gcsStore({ client: clientOf(server), agent });
    await store.list({ bucket: "here" });
    await expect.poll(() => Object.keys(agent.freeSockets)).toHaveLength(1);
    agent.destroy();
  });

  it.each([
    [{ client, retries: 3 }, /no option "retries"; use one of these: client, agent/],
    [{}, /client must be a Storage of @google-cloud\/storage/],
    [{ client: { apiEndpoint: "x" } }, /client must be a Storage of @google-cloud\/storage/],
    [{ client, agent: "proxy" }, /agent must be an Agent of node:https .* \(got "proxy"\)/],
  ])("refuses %#", (options, message) => {
    const make = () => Reflect.apply(gcsStore, undefined, [options]);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "invalid-option" }));
  });
});
