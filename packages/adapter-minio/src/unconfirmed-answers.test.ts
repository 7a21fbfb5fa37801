import { S3_ANSWER_CASES } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

describe("an answer that confirms nothing", () => {
  for (const { title, answer, observe, expected } of S3_ANSWER_CASES) {
    it(title, async () => {
      const { store } = await onWire(() => answer);
      expect(await observe(store)).toEqual(expected);
    });
  }
});
