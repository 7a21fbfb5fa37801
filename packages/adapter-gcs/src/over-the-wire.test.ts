import { adapterCases, OPERATIONS, STREAM_PUTS, UNCONFIRMED_CASES } from "@keywhen/test-servers";
import { describe, it } from "vitest";
import { gcsStore } from "./gcs-store.js";
import { clientOf } from "./testing/client-of.js";
import { googleError, jsonAnswer, onWire, RESOURCE } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const moved = { bucket: "here", key: "moved" };

// The JSON API deletes one object a request.
const { "delete of several": _, ...operations } = OPERATIONS;
const calls: typeof OPERATIONS = {
  ...operations,
  ...STREAM_PUTS,
  move: async (store, call) => store.move?.(ref, moved, call),
  "move with metadata": async (store, call) => store.move?.(ref, moved, { ...call, metadata: {} }),
};

const CASES = adapterCases({
  onWire,
  storeAt: (server) => gcsStore({ client: clientOf(server) }),
  calls,
  busy: googleError(503, "backendError"),
  objectWith: (body) => (_, index) => (index === 0 ? jsonAnswer(RESOURCE) : body),
  answerCases: UNCONFIRMED_CASES.filter(({ operation }) => operation !== "delete of several"),
  largeStream: new URL("./testing/large-stream.mjs", import.meta.url),
});

describe("gcsStore() over the wire", () => {
  it.each(CASES)("$title", ({ prove }) => prove(), 60_000);
});
