import { useEffect, useState } from "preact/hooks";
import type { DeadLetterDetails } from "../../src/api/index.js";
import { count } from "../format/count.js";
import { day } from "../format/time.js";
import { apiPath, call } from "../live/api-client.js";
import { nowMs } from "../live/page-clock.js";
import { dead, demo, isLoaded, isReadOnly } from "../live/page-state.js";
import type { Waiting } from "../live/waiting.js";
import { EmptyState } from "../parts/empty-state.js";
import { Icon } from "../parts/icon.js";
import { Panel } from "../parts/panel.js";
import { TargetName } from "../parts/target-name.js";
import { WindowedList } from "../parts/windowed-list.js";
import { openDialog } from "../shell/open-dialog.js";
import { rowHeight } from "../shell/row-height.js";

/** What was given up, why, and what can be done about it. */
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
          What can't be delivered for a day, or never can be, is kept here with its error.
        </EmptyState>
      ) : (
        <WindowedList
          label="Failed events"
          items={dead.value}
          rowHeight={rowHeight.value}
          row={(letter, tabIndex) => <FailedRow letter={letter} tabIndex={tabIndex} />}
        />
      )}
    </Panel>
  );
}

function FailedRow({ letter, tabIndex }: { letter: Waiting; tabIndex: 0 | -1 }) {
  const name = `${letter.bucket}/${letter.key}`;
  return (
    <>
      <button
        type="button"
        class="row-open"
        tabIndex={tabIndex}
        onClick={() => {
          openDialog.value = { kind: "look", place: "dead", id: letter.id };
        }}
      >
        <span class="row-when muted">{day(letter.atMs, nowMs.value)}</span>
        <TargetName bucket={letter.bucket} objectKey={letter.key} />
        <Reason id={letter.id} />
      </button>
      {!isReadOnly.value && (
        <span class="row-actions">
          <button
            type="button"
            class="quiet"
            tabIndex={tabIndex}
            aria-label={`Redrive ${name}`}
            title="Redrive: try again now"
            onClick={() => {
              openDialog.value = { kind: "redrive", id: letter.id };
            }}
          >
            <Icon name="redrive" />
          </button>
          <button
            type="button"
            class="quiet danger"
            tabIndex={tabIndex}
            aria-label={`Purge ${name}`}
            title="Purge: delete for good"
            onClick={() => {
              openDialog.value = { kind: "purge", id: letter.id };
            }}
          >
            <Icon name="purge" />
          </button>
        </span>
      )}
    </>
  );
}

/** Asked for when its row is seen: a listing doesn't tell it. */
function Reason({ id }: { id: string }) {
  const [letter, setLetter] = useState<DeadLetterDetails>();
  useEffect(() => {
    const asking = new AbortController();
    call<DeadLetterDetails>("GET", apiPath("dead", id), { signal: asking.signal }).then(
      setLetter,
      () => undefined, // gone since, or no answer: the look at it tells which
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
