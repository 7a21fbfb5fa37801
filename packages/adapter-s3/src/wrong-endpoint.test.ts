import { Agent } from "node:http";
import {
  REACHING,
  startAnsweringServer,
  startWrongEndpoint,
  storeErrorOf,
  WRONG_ENDPOINTS,
} from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { s3Store } from "./s3-store.js";
import { clientOf } from "./testing/client-of.js";
import { xml } from "./testing/on-wire.js";

describe.each(Object.entries(WRONG_ENDPOINTS))("%s, by the SDK", (_, wrong) => {
  it.each(REACHING)("names cause and fix: %s", async (_, operate) => {
    const server = await startWrongEndpoint(wrong);
    const client = clientOf(server);
    onTestFinished(async () => {
      client.destroy();
      await server.stop();
    });
    const error = await storeErrorOf(operate(s3Store({ client, service: "aws", fastLane: false })));
    expect(error.message).toMatch(wrong.message);
    expect(error).toMatchObject({ code: wrong.code });
    if (error.operation === "put") expect(error.undecided).toBe(wrong.undecided);
  });
});

const BY_HTTP = Object.entries(WRONG_ENDPOINTS).filter(([, { scheme }]) => scheme === "http");

// By https:// the first request fails, and the fast lane learns where the bucket is from one that succeeds.
describe.each(BY_HTTP)("a server that has become %s, by the fast lane", (_, wrong) => {
  it.each(REACHING)("names cause and fix: %s", async (_, operate) => {
    const before = await startAnsweringServer(() => xml(EMPTY_LIST));
    const httpAgent = new Agent({ keepAlive: false }); // no connection to the server before
    const client = clientOf(before, { requestHandler: { httpAgent } });
    const store = s3Store({ client, service: "aws" });
    for (const bucket of ["here", "away"]) await store.list({ bucket });
    await before.stop();
    const server = await startWrongEndpoint(wrong, Number(new URL(before.endpoint).port));
    onTestFinished(async () => {
      client.destroy();
      await server.stop();
    });
    const error = await storeErrorOf(operate(store));
    expect(error.message).toMatch(wrong.message);
    expect(error).toMatchObject({ code: wrong.code });
    if (error.operation === "put") expect(error.undecided).toBe(wrong.undecided);
  });
});

const EMPTY_LIST = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
