import { describeObject, escapedId } from "../event-body.js";
import { DEAD, type EventRecord } from "../ledger.js";
import { idOfKey, isPendingKey, PENDING, SCHEDULE_BUCKET } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE =
  "The body is untouched: bytes, content type, encoding, cache control and user metadata.";

/** Names that no delivered object carries. */
const OF_KEYWHEN = /^keywhen-(?!id$|at$)/;

/** By id: what its writers put, more than one only with new content; a moved event has what it had before. */
type Originals = Map<string, readonly string[]>;

export const bodyUntouched: Invariant = (view) => {
  const originals: Originals = new Map();
  return {
    executed(request) {
      if (request.bucket === SCHEDULE_BUCKET) remember(view, originals, request);
      const event = view.ledger.deliveredBy(request);
      if (event !== undefined && request.outcome === "copied") compare(view, originals, event);
    },
  };
};

function remember(
  { objects, schedules, violated }: View,
  originals: Originals,
  { bucket, keys, outcome, source }: StoreRequest,
): void {
  const key = keys[0] ?? "";
  if (!isPendingKey(key) || schedules.isOurs(key)) return;
  if (source !== undefined && outcome === "copied") {
    const before = originals.get(idOfKey(source.key.replace(DEAD, PENDING)));
    const id = idOfKey(key);
    if (before !== undefined) originals.set(id, [...(originals.get(id) ?? []), ...before]);
    const marks = Object.keys(objects.get({ bucket, key })?.metadata ?? {});
    if (marks.some((name) => OF_KEYWHEN.test(name))) {
      violated(PROMISE, key, `it waits with ${marks.join(", ")}`);
    }
  }
  const object = outcome === "written" ? objects.get({ bucket, key }) : undefined;
  if (object === undefined) return;
  const id = idOfKey(key);
  originals.set(id, [...(originals.get(id) ?? []), describeObject(object)]);
}

function compare({ objects, violated }: View, originals: Originals, event: EventRecord): void {
  const found = objects.get(event.to);
  if (found === undefined) return;
  const { "keywhen-id": id, "keywhen-at": at } = found.metadata;
  const others = Object.keys(found.metadata).filter((name) => OF_KEYWHEN.test(name));
  if (others.length > 0) violated(PROMISE, event.key, `it arrived with ${others.join(", ")}`);
  if (originals.get(event.id)?.includes(describeObject(found)) !== true) {
    violated(PROMISE, event.key, `what arrived differs: ${describeObject(found)}`);
  }
  if (event.deliveryId === undefined) return;
  if (id !== escapedId(event.deliveryId) || at !== new Date(event.atMs).toISOString()) {
    violated(PROMISE, event.key, `it arrived as ${id} of ${at}`);
  }
}
