import { compileAllowTargets } from "@keywhen/core/internal";
import { computed } from "@preact/signals";
import { bytes } from "../format/count.js";
import { countdown } from "../format/span.js";
import { clockTime, day, fullTime, isSameDay } from "../format/time.js";
import { nowMs } from "../live/page-clock.js";
import { demo, isReadOnly, obstacles } from "../live/page-state.js";
import type { Waiting } from "../live/waiting.js";
import { TargetName } from "../parts/names.js";
import { open, RowAction } from "../parts/row-action.js";
import { OUTSIDE_ALLOW } from "../sweeper/sweeper-words.js";

interface Props {
  readonly event: Waiting;
  readonly tabIndex: 0 | -1;
}

/** One waiting event: the time left, the due time, the target, and its buttons. */
export function WaitingRow({ event, tabIndex }: Props) {
  return (
    <>
      <button
        type="button"
        class="row-open"
        tabIndex={tabIndex}
        onClick={() => open({ kind: "look", place: "events", id: event.id })}
      >
        <Left event={event} />
        <span class="row-when part-when" title={fullTime(event.atMs)}>
          {isSameDay(event.atMs, nowMs.value) ? "" : `${day(event.atMs, nowMs.value)} `}
          {clockTime(event.atMs)}
        </span>
        <TargetName bucket={event.bucket} objectKey={event.key} />
        <Trouble event={event} />
        <span class="row-size muted">{bytes(event.size)}</span>
      </button>
      {!isReadOnly.value && <Actions event={event} tabIndex={tabIndex} />}
    </>
  );
}

function Left({ event }: { event: Waiting }) {
  const leftMs = event.atMs - nowMs.value;
  const late = leftMs < -1_000;
  return (
    <span class={`row-left ${late ? "late" : ""}`}>
      {late ? `−${countdown(-leftMs)}` : countdown(leftMs)}
      <span class="unseen">{late ? " overdue," : " left,"}</span>
    </span>
  );
}

function Trouble({ event: { id, bucket, key } }: { event: Waiting }) {
  const obstacle = obstacles.value.get(id);
  if (!isAllowedTarget.value({ bucket, key }) && !obstacle) {
    return (
      <span class="tag warn" title={OUTSIDE_ALLOW}>
        outside --allow
      </span>
    );
  }
  if (!obstacle) return null;
  return (
    <span class="tag warn" title={obstacle.error.message}>
      {obstacle.kind}: {obstacle.error.code}
    </span>
  );
}

function Actions({ event, tabIndex }: Props) {
  const closesMs = event.atMs - (demo.value?.guardMs ?? 0);
  const row = { event, tabIndex, isDisabled: nowMs.value >= closesMs };
  return (
    <span class="row-actions">
      <RowAction kind="reschedule" title="Reschedule" {...row} />
      <RowAction kind="cancel" title="Cancel" {...row} />
    </span>
  );
}

/** As one text, so that state that changes every second does not make a new check for each row. */
const patterns = computed(() => JSON.stringify(demo.value?.allow ?? []));

/** Returns whether this server's sweeper may deliver to a target. Without a sweeper here, nothing is outside. */
const isAllowedTarget = computed(() => {
  const allow: string[] = JSON.parse(patterns.value);
  return allow.length === 0 ? () => true : compileAllowTargets(allow);
});
