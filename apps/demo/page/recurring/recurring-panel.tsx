import { useEffect } from "preact/hooks";
import type { RecurringSchedule } from "../../src/api/schedules.js";
import { count } from "../format/count.js";
import { clockTime, day, fullTime } from "../format/time.js";
import { loadSchedules } from "../live/load-schedules.js";
import { nowMs } from "../live/page-clock.js";
import { connection, schedules } from "../live/page-state.js";
import { TargetName } from "../parts/names.js";
import { Panel } from "../parts/panel.js";

/** A sweep may still be at work on an occurrence that has just become due. */
const DELIVERED_WITHIN_MS = 3_000;
const RELOAD_EVERY_MS = 10_000;

/** Shows recurring schedules and their next occurrences, if there are any. The command line changes them. */
export function RecurringPanel() {
  const { schedules: shown, isMore } = schedules.value;
  const firstMs = Math.min(...shown.flatMap(({ next }) => (next[0] ? [Date.parse(next[0])] : [])));
  const isPast = nowMs.value > firstMs + DELIVERED_WITHIN_MS;
  // An idle page sends no request: the list is loaded again only when an occurrence has passed.
  const turn = isPast ? Math.floor(nowMs.value / RELOAD_EVERY_MS) : 0;
  useEffect(() => void loadSchedules(), [turn, connection.value]);
  if (shown.length === 0) return null;
  return (
    <Panel
      id="recurring"
      title="Schedules"
      aside={`${count(shown.length)}${isMore ? " of more" : ""}`}
    >
      <ul class="recurring-rows">
        {shown.map((schedule) => (
          <RecurringRow key={schedule.name} {...schedule} />
        ))}
      </ul>
    </Panel>
  );
}

function RecurringRow({ name, state, rule, timeZone, to, next }: RecurringSchedule) {
  return (
    <li class="recurring-row">
      <bdi class="recurring-name">{name}</bdi>
      <span class="mono small">{timeZone === undefined ? `every ${rule}` : rule}</span>
      {timeZone !== undefined && <span class="muted small">{timeZone}</span>}
      <TargetName bucket={to.bucket} objectKey={to.key} />
      {state === "active" ? <NextTimes times={next} /> : <span class="tag">{state}</span>}
    </li>
  );
}

function NextTimes({ times }: { times: readonly string[] }) {
  const allMs = times.map((time) => Date.parse(time));
  const [firstMs] = allMs;
  if (firstMs === undefined) return null;
  return (
    <time dateTime={times[0]} class="muted small" title={allMs.map(fullTime).join("\n")}>
      {day(firstMs, nowMs.value)} {clockTime(firstMs)}
    </time>
  );
}
