import { expect, it } from "vitest";
import { LANES, onWireBy, xml } from "./testing/on-wire.js";

const COPIED = xml("<CopyObjectResult><ETag>e</ETag></CopyObjectResult>");
const COUNT = 6;

it.each(LANES)("copies that are answered together end together: $lane", async ({ fastLane }) => {
  let asked = 0;
  let answerAll = () => {};
  const allAsked = new Promise<void>((resolve) => {
    answerAll = resolve;
  });
  const { store } = await onWireBy(fastLane)(async () => {
    asked += 1;
    if (asked === COUNT) answerAll();
    await allAsked;
    return COPIED;
  });
  const steps: string[] = [];
  const copies = Array.from({ length: COUNT }, async (_, index) => {
    const onDate = () => steps.push("answered");
    await store.copy({ bucket: "here", key: "s" }, { bucket: "away", key: `${index}` }, { onDate });
    steps.push("ended");
  });
  await Promise.all(copies);
  const each = (step: string) => Array.from({ length: COUNT }, () => step);
  expect(steps).toEqual([...each("answered"), ...each("ended")]);
});
