import type { ObjectRef } from "@keywhen/core/store";
import { describeObject } from "../../event-body.js";
import { scheduleBodyOf } from "../../schedule-body.js";
import type { WakeUp } from "../../schedule-ledger.js";
import type { Invariant, View } from "../watcher.js";

const PROMISE =
  "An occurrence arrives with its schedule's body and headers, its names, and its nominal time.";

export const occurrenceUntouched: Invariant = (view) => ({
  executed(request, changes) {
    if (request.activity.kind === "trigger-schedule") {
      for (const { ref } of changes) checkBody(view, request.activity.schedule, ref);
    }
    const wakeUp = request.outcome === "copied" ? view.schedules.deliveredBy(request) : undefined;
    if (wakeUp === undefined) return;
    checkBody(view, wakeUp.name, wakeUp.to);
    checkNames(view, wakeUp);
  },
});

function checkBody(
  { objects, schedules, violated }: View,
  schedule: string | undefined,
  ref: ObjectRef,
): void {
  const found = objects.get(ref);
  const content = schedules.contents.get(found?.metadata["of-content"] ?? "");
  if (found === undefined || (content && describeObject(found) === describeBody(content))) return;
  violated(PROMISE, schedule, `${ref.key} has another body`);
}

function checkNames({ objects, violated }: View, { name, nominal, dueMs, to }: WakeUp): void {
  const {
    "keywhen-id": id = "",
    "keywhen-at": at,
    "keywhen-occurrence": occurrence,
  } = objects.get(to)?.metadata ?? {};
  const isNamed =
    decodeURIComponent(id) === `${name}@${nominal}` &&
    at === new Date(dueMs).toISOString() &&
    occurrence === nominal;
  if (!isNamed) violated(PROMISE, name, `${nominal} arrived as ${id} of ${at}, ${occurrence}`);
}

function describeBody(content: Parameters<typeof scheduleBodyOf>[0]): string {
  const { body, ...headers } = scheduleBodyOf(content);
  return describeObject({
    ...headers,
    bytes: new TextEncoder().encode(body),
    version: "",
    lastModifiedMs: 0,
  });
}
