import { answeredAtFirstEnd, answerTogether } from "@keywhen/test-servers";
import { expect, it } from "vitest";
import { LANES, onWireBy, xml } from "./testing/on-wire.js";

const COPIED = xml("<CopyObjectResult><ETag>e</ETag></CopyObjectResult>");

it.each(LANES)("copies that are answered together end together: $lane", async ({ fastLane }) => {
  const { store } = await onWireBy(fastLane)(answerTogether(6, COPIED));
  const copies = answeredAtFirstEnd(6, (index, options) =>
    store.copy({ bucket: "here", key: "s" }, { bucket: "away", key: `${index}` }, options),
  );
  expect(await copies).toBe(6);
});
