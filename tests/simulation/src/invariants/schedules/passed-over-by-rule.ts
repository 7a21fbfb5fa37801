import type { Activity } from "../../activity.js";
import type { DefinitionWrite, ScheduleRecord } from "../../schedule-ledger.js";
import type { StoreRequest } from "../../store/store-request.js";
import type { Invariant, View } from "../watcher.js";
import { whyAdvanceIsWrong } from "./advance-by-rule.js";
import { lost, type Wrong } from "./by-rule.js";
import { whyVerbIsWrong } from "./verb-by-rule.js";

/** Looks at each write of a definition: what it goes on from, and what it goes on to. */
export const passedOverByRule: Invariant = (view) => {
  const checked = new Set<DefinitionWrite>();
  const read = new WeakMap<StoreRequest, string | undefined>();
  const found = new Map<Activity, string | undefined>(); // the occurrence that a skip has read first
  return {
    answered(request) {
      const { activity, answer } = request;
      if (!read.has(request) || answer?.isError !== false || found.has(activity)) return;
      found.set(activity, read.get(request));
    },
    executed(request) {
      const { kind, activity } = request;
      if (kind === "get" && activity.kind === "skip-occurrence") {
        const { definition } = view.schedules.records.get(activity.schedule ?? "") ?? {};
        read.set(request, definition?.next?.nominal);
      }
      for (const record of view.schedules.changed) {
        const write = record.writes.at(-1);
        if (write === undefined || checked.has(write)) continue;
        checked.add(write);
        const wrong =
          whySkipIsWrong(record, write, found.get(activity)) ?? whyWrong(view, record, write);
        if (wrong === undefined) continue;
        view.violated(wrong.promise, record.name, `${write.request.activity.name} ${wrong.text}`);
      }
    },
  };
};

function whyWrong(view: View, record: ScheduleRecord, write: DefinitionWrite): Wrong | undefined {
  const { definition, request } = write;
  const { kind } = request.activity;
  if (definition.state === "deleted") return undefined; // nothing of its content is kept
  const content = view.schedules.contents.get(definition.label);
  if (content === undefined) return lost(`stored an unknown content ${definition.label}`);
  const isAdvance = kind === "sweep" || kind === "skip-occurrence";
  return (
    whyTokenIsWrong(record, write) ??
    (isAdvance
      ? whyAdvanceIsWrong(view, record, write, content)
      : whyVerbIsWrong(view, write, content))
  );
}

/** A skip is for the occurrence that it has found: not for the next one, if a sweeper has delivered that one in the meantime. */
function whySkipIsWrong(
  { writes }: ScheduleRecord,
  { request, replaced }: DefinitionWrite,
  found: string | undefined,
): Wrong | undefined {
  const { activity } = request;
  if (activity.kind !== "skip-occurrence" || replaced?.next?.nominal === found) return undefined;
  if (writes.at(-2)?.request.activity === activity) return lost("skipped two");
  const isOver = writes.some(
    (write) =>
      write.request.activity.kind === "sweep" &&
      write.atMs >= activity.startedMs &&
      write.replaced?.next?.nominal === found,
  );
  return isOver ? lost(`skipped ${replaced?.next?.nominal} instead of ${found}`) : undefined;
}

function whyTokenIsWrong({ writes }: ScheduleRecord, write: DefinitionWrite): Wrong | undefined {
  const { definition, replaced } = write;
  const { next, revision } = definition;
  if (next === undefined) return undefined;
  const isKept = replaced?.next?.token === next.token;
  if (isKept && replaced?.revision !== revision) return lost("gave new content an old token");
  const isUsed = writes.some(
    (other) => other !== write && other.definition.next?.token === next.token,
  );
  return !isKept && isUsed ? lost("used a token again") : undefined;
}
