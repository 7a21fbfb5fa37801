import { Agent } from "node:http";
import {
  errorAt,
  mistakesIn,
  REACHING,
  startAnsweringServer,
  WRONG_ENDPOINTS,
} from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { s3Store } from "./s3-store.js";
import { clientOf } from "./testing/client-of.js";
import { xml } from "./testing/on-wire.js";

const BY_HTTP = Object.entries(WRONG_ENDPOINTS).filter(([, { scheme }]) => scheme === "http");

// By https:// the first request fails, and the fast lane learns where the bucket is only from one that succeeds.
describe.each(BY_HTTP)("a server that has become %s, by the fast lane", (_, wrong) => {
  it.each(REACHING)("names cause and fix: %s", async (_, operate) => {
    const before = await startAnsweringServer(() => xml(EMPTY_LIST));
    const httpAgent = new Agent({ keepAlive: false }); // no connection to the server before
    const client = clientOf(before, { requestHandler: { httpAgent } });
    onTestFinished(() => client.destroy());
    const store = s3Store({ client, service: "aws" });
    for (const bucket of ["here", "away"]) await store.list({ bucket });
    await before.stop();
    const port = Number(new URL(before.endpoint).port);
    expect(mistakesIn(await errorAt(wrong, operate, () => store, port), wrong)).toEqual([]);
  });
});

const EMPTY_LIST = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
