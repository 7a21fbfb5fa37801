import type { Delivery } from "../../src/api/events.js";
import { bytes } from "../format/count.js";
import { span } from "../format/span.js";
import { clockTimeToTheMs, day, fullTime, isSameDay } from "../format/time.js";
import { nowMs } from "../live/page-clock.js";
import { TargetName } from "../parts/names.js";
import { open } from "../parts/row-action.js";

const NOTABLE_MS = 1_000;

interface Props {
  readonly delivery: Delivery;
  readonly tabIndex: 0 | -1;
}

/** One delivered event: when, how late, where. */
export function DeliveredRow({ delivery, tabIndex }: Props) {
  const { id, to, latenessMs, by } = delivery;
  const arrivedMs = Date.parse(delivery.deliveredAt);
  return (
    <button
      type="button"
      class="row-open"
      tabIndex={tabIndex}
      onClick={() => open({ kind: "look", place: "delivered", id })}
    >
      <span class="row-arrived" title={fullTime(arrivedMs)}>
        {isSameDay(arrivedMs, nowMs.value) ? "" : `${day(arrivedMs, nowMs.value)} `}
        {clockTimeToTheMs(arrivedMs)}
      </span>
      <span class={`tag row-late ${latenessMs < NOTABLE_MS ? "ok" : "warn"}`}>
        {latenessMs <= 0 ? "on time" : `${span(latenessMs)} late`}
      </span>
      <TargetName bucket={to.bucket} objectKey={to.key} />
      {by === "elsewhere" && <span class="tag">by another sweeper</span>}
      <span class="row-size muted">{bytes(delivery.size)}</span>
    </button>
  );
}
