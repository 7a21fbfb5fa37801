import { bytes } from "../format/count.js";
import { countdown } from "../format/span.js";
import { clockTime, day, fullTime, isSameDay } from "../format/time.js";
import { nowMs } from "../live/page-clock.js";
import { demo, isReadOnly, obstacles } from "../live/page-state.js";
import type { Waiting } from "../live/waiting.js";
import { Icon } from "../parts/icon.js";
import { TargetName } from "../parts/target-name.js";
import { type OpenDialog, openDialog } from "../shell/open-dialog.js";
import { isAllowedTarget } from "./allowed-targets.js";

interface Props {
  readonly event: Waiting;
  readonly tabIndex: 0 | -1;
}

/** One waiting event: what is left, when, where to; a look at it, and what can be done about it. */
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
    const why =
      "No pattern of this server's --allow covers the target, so its sweeper refuses the event.";
    return (
      <span class="tag warn" title={why}>
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
  const isClosed = nowMs.value >= closesMs;
  const name = `${event.bucket}/${event.key}`;
  return (
    <span class="row-actions">
      <button
        type="button"
        class="quiet"
        tabIndex={tabIndex}
        disabled={isClosed}
        aria-label={`Reschedule ${name}`}
        title="Reschedule"
        onClick={() => open({ kind: "reschedule", id: event.id })}
      >
        <Icon name="reschedule" />
      </button>
      <button
        type="button"
        class="quiet danger"
        tabIndex={tabIndex}
        disabled={isClosed}
        aria-label={`Cancel ${name}`}
        title="Cancel"
        onClick={() => open({ kind: "cancel", id: event.id })}
      >
        <Icon name="cancel" />
      </button>
    </span>
  );
}

function open(dialog: OpenDialog): void {
  openDialog.value = dialog;
}
