// A Lambda function that a user writes, before it is bundled.
import { fsStore } from "@keywhen/adapter-fs";
import { createSweepHandler } from "@keywhen/lambda";

export const handler = createSweepHandler({
  store: fsStore({ folder: "data", createBuckets: true }),
  bucket: "schedule",
  allowTargets: ["inbox/*"],
  log: () => {},
});
