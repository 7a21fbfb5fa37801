import { hasCode } from "@keywhen/core";
import { parseTargetPattern } from "@keywhen/core/internal";
import type { Finding, ObjectRef } from "@keywhen/core/store";
import { type Examination, finding } from "./examination.js";

/** What no event's target is called; nothing is ever written there. */
const PROBE_KEY = "keywhen-probe";

/** Each target bucket that a sweep is allowed to write to; `*` names none. */
export async function* checkTargets(
  examination: Examination,
  patterns: readonly string[],
  probe: boolean,
): AsyncGenerator<Finding, void> {
  for (const pattern of patterns) {
    const target = targetOf(pattern);
    if (target === undefined) continue;
    const name = `target ${pattern}`;
    yield await finding(name, () => (probe ? probeTarget : readTarget)(examination, target, name));
  }
}

/** An object that the pattern allows; `undefined` for every bucket. */
function targetOf(pattern: string): ObjectRef | undefined {
  const { bucket, keyPrefix, isExact } = parseTargetPattern(pattern);
  if (bucket === undefined) return undefined;
  return { bucket, key: isExact ? keyPrefix : keyPrefix + PROBE_KEY };
}

async function readTarget(
  { store, call }: Examination,
  { bucket, key }: ObjectRef,
  name: string,
): Promise<Finding> {
  try {
    const page = await store.list({ bucket, prefix: key, limit: 1 }, call);
    const detail = page.isBucketMissing ? "will be created by the first delivery" : "can be listed";
    return { name, status: "ok", detail: `bucket ${bucket} ${detail}` };
  } catch (error) {
    if (!hasCode(error, "denied")) throw error;
    return {
      name,
      status: "ok",
      detail: "can't be listed with this identity's permissions, which no sweep needs",
    };
  }
}

/** Copies a missing object: nothing is written and no notification sent, but a store looks at the target first. */
async function probeTarget(
  examination: Examination,
  target: ObjectRef,
  name: string,
): Promise<Finding> {
  const { store, call } = examination;
  const { outcome } = await store.copy(examination.probe("missing"), target, call);
  if (outcome === "source-gone") {
    return { name, status: "ok", detail: "takes copies, as far as a check without writing shows" };
  }
  const detail = `a copy of a missing object to ${target.bucket}/${target.key} was confirmed`;
  return { name, status: "fail", detail, hint: "keep events away from this store" };
}
