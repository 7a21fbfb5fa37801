import { OPERATIONS, outcomeOf, UNCONFIRMED } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

const CASES = Object.keys(UNCONFIRMED).flatMap((answer) =>
  Object.keys(OPERATIONS).map((operation) => [operation, answer] as const),
);

describe("an answer that confirms nothing", () => {
  it.each(CASES)("fails a %s: %s", async (operation, answer) => {
    const said = UNCONFIRMED[answer];
    const { store } = await onWire(() => ({
      ...said,
      headers: { ...said?.headers, "x-ms-request-id": "" },
    }));
    expect(await outcomeOf(OPERATIONS[operation]?.(store) ?? Promise.reject())).toBe("unexpected");
  });

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
