import { S3_ANSWER_CASES } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { LANES, onWireBy } from "./testing/on-wire.js";

describe.each(LANES)("an answer that confirms nothing, by the $lane", ({ fastLane }) => {
  for (const { title, answer, observe, expected } of S3_ANSWER_CASES) {
    it(title, async () => {
      const { store } = await onWireBy(fastLane)(() => answer);
      expect(await observe(store)).toEqual(expected);
    });
  }
});
