import type { Destination, DestinationEvent } from "@keywhen/core/destination";
import { describe, expect, it } from "vitest";
import { destinationsOf, type KeyRule, readKeyRule } from "./key-rules.js";

const read = (text: string) => readKeyRule("--post", text, "'hooks/*=https://example.com'");

/** Destinations that answer with the pattern that led to them. */
function destinationsFor(...patterns: string[]) {
  const rules = patterns.map((pattern): KeyRule<Destination> => {
    const deliver = async () => ({ outcome: "rejected", message: pattern }) as const;
    return { ...read(`${pattern}=x`), to: { deliver, timeout: "9s", concurrency: 3 } };
  });
  return destinationsOf(rules);
}

async function ledTo(destination: Destination | undefined, key: string): Promise<unknown> {
  const open = () => Promise.reject(new Error("not opened"));
  const event = { key } as DestinationEvent;
  const result = await destination?.deliver(event, open, new AbortController().signal);
  return result?.outcome === "rejected" ? result.message : result;
}

describe("readKeyRule()", () => {
  it("splits at the first =, so that a URL may contain others", () => {
    expect(read("hooks/a/*= https://example.com/?a=1")).toEqual({
      pattern: "hooks/a/*",
      bucket: "hooks",
      keyPrefix: "a/",
      isExact: false,
      to: "https://example.com/?a=1",
    });
  });

  it.each([
    ["hooks/*", "got a text without ="],
    ["hooks/*=", 'got nothing after "hooks/*="'],
    ["*=https://example.com", "must begin with the bucket whose events it takes, for example"],
    ["hooks=https://example.com", 'Invalid target pattern "hooks": it has no key.'],
    ["=https://example.com", 'Invalid target pattern "": it is empty.'],
  ])("refuses %j", (text, part) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: "invalid-option", message: expect.stringContaining(part) }),
    );
  });
});

describe("destinationsOf()", () => {
  it("lets the longest pattern that matches a key decide", async () => {
    const { hooks, other } = destinationsFor(
      "hooks/*",
      "hooks/orders/*",
      "hooks/orders/42*",
      "hooks/orders/42",
      "other/*",
    );
    expect(await ledTo(hooks, "x")).toBe("hooks/*");
    expect(await ledTo(hooks, "orders/7")).toBe("hooks/orders/*");
    expect(await ledTo(hooks, "orders/42")).toBe("hooks/orders/42");
    expect(await ledTo(hooks, "orders/421")).toBe("hooks/orders/42*");
    expect(await ledTo(other, "x")).toBe("other/*");
  });

  it("rejects an event that no pattern of its bucket matches", async () => {
    const { hooks } = destinationsFor("hooks/a/*", "hooks/b");
    expect(await ledTo(hooks, "c")).toBe("no pattern matches its target (hooks/a/*, hooks/b)");
  });

  it("takes time limit and concurrency from its rules", () => {
    expect(destinationsFor("hooks/*")["hooks"]).toMatchObject({ timeout: "9s", concurrency: 3 });
  });

  it("refuses a pattern that is given twice", () => {
    expect(() => destinationsFor("hooks/*", "a/b", "hooks/*")).toThrow(
      'Two destinations are given for "hooks/*". Give each pattern once.',
    );
  });
});
