import { retry } from "@keywhen/core/internal";
import { type Change, type DecisionTime, put } from "../definition/changes.js";
import type { Content, Definition, StoredBody } from "../definition/definition.js";
import { isSameRule, revisionOf, sha256 } from "../definition/revision.js";
import { randomToken } from "../wake-up/wake-up-id.js";
import { type ChangeResult, changeDefinition } from "./change-definition.js";
import { exists } from "./exists.js";
import { type NewSchedule, type PlannedSchedule, planSchedule } from "./new-schedule.js";
import { bodyRef, type Place } from "./place.js";

/** A larger body has a separate object, so that reading a definition stays cheap. */
const LARGEST_INLINE_BYTES = 16_384;

/** Stores a schedule, or gives a stored one another content. */
export async function putSchedule(
  place: Place,
  name: string,
  given: NewSchedule,
): Promise<ChangeResult> {
  const plan = planSchedule(place, name, given);
  const bodySha256 = await sha256(plan.body);
  const revision = await revisionOf(plan.content, bodySha256);
  const storedBodies: string[] = [];
  const result = await changeDefinition(place, name, async (stored, time) => {
    const decide = (body: StoredBody, known = stored) =>
      decided(place, name, plan, { stored: known, time, revision, body });
    const draft = decide({ kind: "inline", base64: "" }); // shows whether a body has to be stored at all
    if (draft.outcome !== "changed" && !(await lacksBody(place, draft))) return draft;
    if (plan.body.length <= LARGEST_INLINE_BYTES) {
      return decide({ kind: "inline", base64: Buffer.from(plan.body).toString("base64") });
    }
    // In each try, because another writer that replaced the schedule after an unanswered one has removed its body.
    const object = await storeBody(place, plan);
    storedBodies.push(object);
    // A lost body is replaced by a new object, which the definition must name: so the stored content counts as another one.
    const known = draft.outcome === "unchanged" && stored ? { ...stored, revision: "" } : stored;
    return decide({ kind: "object", object, sha256: bodySha256 }, known);
  });
  await removeUnusedBodies(place, result, storedBodies);
  return result;
}

/** Whether a schedule that has the content already has lost its body, for example because it was deleted by hand. */
async function lacksBody(place: Place, draft: Change): Promise<boolean> {
  if (draft.outcome !== "unchanged") return false;
  const { body } = draft.definition.content.payload;
  return body.kind === "object" && !(await exists(place, bodyRef(place, body.object)));
}

interface PutDecision {
  readonly stored: Definition | undefined;
  readonly time: DecisionTime;
  readonly revision: string;
  readonly body: StoredBody;
}

function decided(
  { random }: Place,
  name: string,
  plan: PlannedSchedule,
  { stored, time, revision, body }: PutDecision,
): Change {
  const content: Content = { ...plan.content, payload: { ...plan.content.payload, body } };
  const naming = { name, newToken: () => randomToken(random) };
  const same = stored !== undefined && isSameRule(stored.content.rule, content.rule);
  return put(stored, { content, revision, isSameRule: same }, naming, time);
}

async function storeBody(place: Place, { body, content }: PlannedSchedule): Promise<string> {
  const object = randomToken(place.random) + randomToken(place.random);
  const options = { ...content.payload, signal: place.signal };
  await retry(place, () => place.store.put(bodyRef(place, object), body, options));
  return object;
}

/** A body that no definition names any more. A wake-up that was armed with it holds a copy. */
async function removeUnusedBodies(
  place: Place,
  { change, replaced }: ChangeResult,
  stored: readonly string[],
): Promise<void> {
  if (!("definition" in change)) return; // a put without an answer may still be carried out
  const current = change.definition.content.payload.body;
  const old = replaced?.content.payload.body;
  const named = [...stored, ...(old?.kind === "object" ? [old.object] : [])];
  const unused = named.filter(
    (object) => !(current.kind === "object" && current.object === object),
  );
  const keys = unused.map((object) => bodyRef(place, object).key);
  if (keys.length === 0) return;
  try {
    await place.store.delete(place.bucket, keys, { signal: place.signal });
  } catch {
    // It takes some space, and no harm comes of it.
  }
}
