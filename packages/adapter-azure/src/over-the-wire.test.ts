import { adapterCases, OPERATIONS, outcomeOf, UNCONFIRMED_CASES } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { azureStore } from "./azure-store.js";
import { clientOf } from "./testing/client-of.js";
import { azureError, onWire } from "./testing/on-wire.js";

/** Calls that send one request and throw: blocks are sent several at a time, and a delete of one key returns its failure. */
const CALLS = Object.entries(OPERATIONS).filter(([name]) => !/in parts|delete of one/.test(name));

// The user's client retries, and the store does not.
const pipeline = { retryOptions: { maxTries: 5, retryDelayInMs: 1, maxRetryDelayInMs: 1 } };

const CASES = adapterCases({
  onWire: (answer) => onWire(answer, { pipeline }),
  storeAt: (server) => azureStore({ client: clientOf(server) }),
  calls: Object.fromEntries(CALLS),
  busy: azureError(503, "ServerBusy"),
  objectWith: (body) => () => ({
    ...body,
    headers: { etag: '"1"', "last-modified": "Wed, 25 Nov 2026 08:00:00 GMT" },
  }),
  answerCases: UNCONFIRMED_CASES.map(({ answer, ...rest }) => ({
    ...rest,
    answer: { ...answer, headers: { ...answer.headers, "x-ms-request-id": "" } },
  })),
  largeStream: new URL("./testing/large-stream.mjs", import.meta.url),
  // Azure's SDK keeps no byte of an answer that isn't HTTP.
  isBlindTo: ({ message }) => message.includes("the answer is not HTTP"),
});

describe("azureStore() over the wire", () => {
  it.each(CASES)("$title", ({ prove }) => prove(), 60_000);

  it.each([
    ["head", 200, "an answer without an ETag", {}],
    ["get", 206, "a part of the object", { etag: '"1"' }],
    ["copy", 202, "an answer without the copy's status", { etag: '"1"' }],
    ["list", 200, "an answer without a list", {}],
  ])("fails a %s: %i and %s by Azure itself", async (operation, status, _, headers) => {
    const { store } = await onWire(() => ({ status, headers }));
    expect(await outcomeOf(OPERATIONS[operation]?.(store) ?? Promise.reject())).toBe("unexpected");
  });
});
