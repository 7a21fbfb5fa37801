import { type ObjectRef, ObjectStoreError, type RequestKind } from "@keywhen/core/store";
import { FORBIDDEN_BUCKET, MISSING_BUCKET, type OutagePlan, REFUSED_KEY_PART } from "../plan.js";

/** Throws what the store would refuse at this instant. */
export function admission(
  outages: readonly OutagePlan[],
  now: () => number,
  onOutage: () => void,
): (kind: RequestKind, ref: ObjectRef) => void {
  return (kind, ref) => {
    if (ref.bucket === MISSING_BUCKET) throw refusal("no-such-bucket", kind, ref);
    if (ref.bucket === FORBIDDEN_BUCKET) throw refusal("denied", kind, ref);
    if (ref.key.includes(REFUSED_KEY_PART) && ref.bucket === "inbox") {
      throw refusal("invalid-key", kind, ref);
    }
    const outage = outages.find((one) => isHitBy(one, kind, ref, now()));
    if (outage === undefined) return;
    onOutage();
    throw refusal(outage.code, kind, ref);
  };
}

function isHitBy(outage: OutagePlan, kind: RequestKind, ref: ObjectRef, nowMs: number): boolean {
  return (
    outage.bucket === ref.bucket &&
    nowMs >= outage.fromMs &&
    nowMs < outage.untilMs &&
    (outage.code === "no-such-bucket" || outage.kinds.includes(kind))
  );
}

function refusal(
  code: OutagePlan["code"] | "invalid-key",
  operation: RequestKind,
  { bucket, key }: ObjectRef,
): ObjectStoreError {
  return new ObjectStoreError({ code, operation, bucket, key, message: `the store says ${code}` });
}
