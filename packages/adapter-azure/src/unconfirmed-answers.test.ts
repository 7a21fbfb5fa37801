import { OPERATIONS, outcomeOf, UNCONFIRMED_CASES } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

describe("an answer that confirms nothing", () => {
  for (const { title, answer, observe, expected } of UNCONFIRMED_CASES) {
    it(title, async () => {
      const headers = { ...answer.headers, "x-ms-request-id": "" };
      const { store } = await onWire(() => ({ ...answer, headers }));
      expect(await observe(store)).toEqual(expected);
    });
  }

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
