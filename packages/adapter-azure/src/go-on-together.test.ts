import { answeredAtFirstEnd, answerTogether } from "@keywhen/test-servers";
import { expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

it("looks that are answered together end together", async () => {
  const { store } = await onWire(answerTogether(6, { status: 404 }));
  const look = answeredAtFirstEnd(6, (index, options) =>
    store.head({ bucket: "here", key: `${index}` }, options),
  );
  expect(await look).toBe(6);
});
