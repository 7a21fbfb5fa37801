import { outcomeOf, UNCONFIRMED_CASES } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

// Cloud Storage deletes one object a request.
const CASES = UNCONFIRMED_CASES.filter(({ operation }) => operation !== "delete of several");

describe("an answer that confirms nothing", () => {
  for (const { title, answer, observe, expected } of CASES) {
    it(title, async () => {
      const { store } = await onWire(() => answer);
      expect(await observe(store)).toEqual(expected);
    });
  }

  it.each([
    ["another object", { kind: "storage#object", name: "k" }],
    ["objects that are no list", { kind: "storage#objects", items: "none" }],
    ["another kind", { kind: "storage#buckets", items: [] }],
    ["nothing", {}],
  ])("takes %s for no list", async (_, json) => {
    const { store } = await onWire(() => ({ body: JSON.stringify(json) }));
    expect(await outcomeOf(store.list({ bucket: "here" }))).toBe("unexpected");
  });

  it.each([
    ["from the start again", { startAfter: "p/b" }, "p/a"],
    ["outside the prefix", { prefix: "p/" }, "o/x"],
  ])("fails a list that begins %s", async (_, page, name) => {
    const items = [{ name, size: "1", timeCreated: "2026-11-24T08:00:00.000Z" }];
    const { store } = await onWire(() => ({
      body: JSON.stringify({ kind: "storage#objects", items }),
    }));
    expect(await outcomeOf(store.list({ bucket: "here", ...page }))).toBe("unexpected");
  });
});
