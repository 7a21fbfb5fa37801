import { hasCode } from "@keywhen/core";
import type { Finding, ObjectRef, PutCondition, PutResult } from "@keywhen/core/store";
import { type Examination, finding } from "./examination.js";

const RACERS = 8;

/** Checks whether puts with a condition are refused correctly, and that a race has one winner. */
export async function* probeConditions(examination: Examination): AsyncGenerator<Finding, void> {
  const { putIfAbsent, putIfVersion } = examination.store.capabilities;
  if (!putIfAbsent) yield undeclared("put if absent", "no event can have a chosen delivery id");
  else yield await finding("put if absent", () => probeAbsent(examination));
  if (!putIfVersion) yield undeclared("put if version", "sweepers can't share the work by a lease");
  else yield await finding("put if version", () => probeVersion(examination));
}

function undeclared(name: string, consequence: string): Finding {
  const hint = "if the store's documentation promises them, declare them and run this check again";
  return { name, status: "warn", detail: `not declared: ${consequence}`, hint };
}

async function probeAbsent(examination: Examination): Promise<Finding> {
  const name = "put if absent";
  const ref = examination.probe("absent");
  const winners = await race(examination, ref, { if: "absent" });
  if (winners.length !== 1) return ignored(name, `${winners.length} of ${RACERS} racing puts won`);
  const late = await put(examination, ref, { if: "absent" });
  if (late?.outcome !== "exists") return ignored(name, "an existing key was written again");
  return { name, status: "ok", detail: `one winner of ${RACERS}` };
}

async function probeVersion(examination: Examination): Promise<Finding> {
  const name = "put if version";
  const ref = examination.probe("version");
  const first = await put(examination, ref);
  if (first?.outcome !== "written") return ignored(name, "a plain put was not written");
  const winners = await race(examination, ref, { if: "version", version: first.version });
  if (winners.length !== 1) return ignored(name, `${winners.length} of ${RACERS} racing puts won`);
  const stale = await put(examination, ref, { if: "version", version: first.version });
  if (stale?.outcome !== "changed")
    return ignored(name, "an old version was accepted as the newest");
  return { name, status: "ok", detail: `one winner of ${RACERS}` };
}

/** Bodies differ, because some stores derive the version only from the body. */
async function race(
  examination: Examination,
  ref: ObjectRef,
  condition: PutCondition,
): Promise<readonly PutResult[]> {
  const racers = Array.from({ length: RACERS }, () => put(examination, ref, condition));
  const results = await Promise.all(racers);
  return results.filter((result) => result?.outcome === "written");
}

/** Returns `undefined` for an error that a put which lost the race may have. */
async function put(
  { store, call, home }: Examination,
  ref: ObjectRef,
  condition?: PutCondition,
): Promise<PutResult | undefined> {
  try {
    return await store.put(ref, home.random(16), { ...call, condition });
  } catch (error) {
    if (hasCode(error, "conflict", "unavailable")) return undefined;
    throw error;
  }
}

function ignored(name: string, detail: string): Finding {
  const hint =
    "declare the store without it; otherwise keywhen breaks its promises without an error";
  return { name, status: "fail", detail, hint };
}
