import type { DefinitionWrite, ScheduleRecord } from "../../schedule-ledger.js";
import type { Invariant, View } from "../watcher.js";
import { whyAdvanceIsWrong } from "./advance-by-rule.js";
import { lost, type Wrong } from "./by-rule.js";
import { whyVerbIsWrong } from "./verb-by-rule.js";

/** Looks at each write of a definition: what it goes on from, and what it goes on to. */
export const passedOverByRule: Invariant = (view) => {
  const checked = new Set<DefinitionWrite>();
  return {
    executed() {
      for (const record of view.schedules.changed) {
        const write = record.writes.at(-1);
        if (write === undefined || checked.has(write)) continue;
        checked.add(write);
        const wrong = whyWrong(view, record, write);
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
  const before = record.writes.at(-2)?.request.activity;
  if (kind === "skip-occurrence" && before === request.activity) return lost("skipped two");
  const isAdvance = kind === "sweep" || kind === "skip-occurrence";
  return (
    whyTokenIsWrong(record, write) ??
    (isAdvance
      ? whyAdvanceIsWrong(view, record, write, content)
      : whyVerbIsWrong(view, write, content))
  );
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
