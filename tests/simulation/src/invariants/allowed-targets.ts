import { FORBIDDEN_BUCKET } from "../plan.js";
import type { Invariant } from "./watcher.js";

const PROMISE = "Guard rails: nothing is copied to a target outside allowTargets.";

export const allowedTargets: Invariant = ({ violated }) => ({
  sent({ kind, bucket, source, activity }) {
    if ((kind !== "copy" && kind !== "move") || bucket !== FORBIDDEN_BUCKET) return;
    violated(PROMISE, source?.key, `${activity.name} copies it to ${bucket}`);
  },
});
