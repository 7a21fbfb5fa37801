import { useEffect, useState } from "preact/hooks";
import type { DeadLetterDetails } from "../../src/api/events.js";
import { count } from "../format/count.js";
import { day } from "../format/time.js";
import { apiPath, call } from "../live/api-client.js";
import { nowMs } from "../live/page-clock.js";
import { dead, demo, isLoaded, isReadOnly } from "../live/page-state.js";
import type { Waiting } from "../live/waiting.js";
import { TargetName } from "../parts/names.js";
import { EmptyState, Panel } from "../parts/panel.js";
import { open, RowAction } from "../parts/row-action.js";
import { WindowedList } from "../parts/windowed-list.js";

/** Dead letters: why they failed, and buttons to redrive or purge them. */
export function FailedPanel() {
  const counts = demo.value?.counts;
  return (
    <Panel
      id="failed"
      title="Failed"
      aside={`${count(dead.value.length)}${counts?.deadIsMore ? " of more" : ""}`}
    >
      {dead.value.length === 0 && isLoaded.value ? (
        <EmptyState title="Nothing has failed.">
          Events that fail for a day, or can never be delivered, are kept here with their error.
        </EmptyState>
      ) : (
        <WindowedList
          label="Failed events"
          items={dead.value}
          row={(letter, tabIndex) => <FailedRow letter={letter} tabIndex={tabIndex} />}
        />
      )}
    </Panel>
  );
}

function FailedRow({ letter, tabIndex }: { letter: Waiting; tabIndex: 0 | -1 }) {
  return (
    <>
      <button
        type="button"
        class="row-open"
        tabIndex={tabIndex}
        onClick={() => open({ kind: "look", place: "dead", id: letter.id })}
      >
        <span class="row-when muted">{day(letter.atMs, nowMs.value)}</span>
        <TargetName bucket={letter.bucket} objectKey={letter.key} />
        <Reason id={letter.id} />
      </button>
      {!isReadOnly.value && (
        <span class="row-actions">
          <RowAction
            kind="redrive"
            event={letter}
            title="Redrive: try again now"
            tabIndex={tabIndex}
          />
          <RowAction
            kind="purge"
            event={letter}
            title="Purge: delete permanently"
            tabIndex={tabIndex}
          />
        </span>
      )}
    </>
  );
}

/** Loaded when its row is visible, because lists do not contain it. */
function Reason({ id }: { id: string }) {
  const [letter, setLetter] = useState<DeadLetterDetails>();
  useEffect(() => {
    const asking = new AbortController();
    call<DeadLetterDetails>("GET", apiPath("dead", id), { signal: asking.signal }).then(
      setLetter,
      () => undefined, // the dialog shows the error
    );
    return () => asking.abort();
  }, [id]);
  const text = letter?.error?.message ?? letter?.reason ?? "";
  return (
    <span class="row-error small" title={text}>
      {letter?.reason && <span class="tag bad">{letter.reason}</span>}{" "}
      <bdi>{letter?.error?.message}</bdi>
    </span>
  );
}
