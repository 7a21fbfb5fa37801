import { hasCode } from "@keywhen/core";
import { parseTargetPattern } from "@keywhen/core/internal";
import type { Finding, ObjectRef } from "@keywhen/core/store";
import { type Examination, finding } from "./examination.js";

/** A name that no target has. Nothing is ever written there. */
const PROBE_KEY = "keywhen-probe";

/** Checks each bucket that a sweep may write to, except for `*`. */
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

/** Returns an object that the pattern allows; `undefined` for `*`. */
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
      detail: "can't be listed with this identity's permissions, but sweeps do not need that",
    };
  }
}

/** Copies a missing object: this writes nothing and sends no notification, but the store checks the target first. */
async function probeTarget(
  examination: Examination,
  target: ObjectRef,
  name: string,
): Promise<Finding> {
  const { store, call } = examination;
  const { outcome } = await store.copy(examination.probe("missing"), target, call);
  if (outcome === "source-gone") {
    return {
      name,
      status: "ok",
      detail: "accepts copies, as far as a check without writing can show",
    };
  }
  const detail = `a copy of a missing object to ${target.bucket}/${target.key} was confirmed`;
  return { name, status: "fail", detail, hint: "do not use this store for events" };
}
