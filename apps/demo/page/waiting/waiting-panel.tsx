import { computed, signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { count } from "../format/count.js";
import { nowMs } from "../live/page-clock.js";
import { demo, isLoaded, isReadOnly, waiting } from "../live/page-state.js";
import { EmptyState, Panel } from "../parts/panel.js";
import { StoreCommand } from "../parts/store-command.js";
import { rowHeight, WindowedList } from "../parts/windowed-list.js";
import { found, type Within } from "./search.js";
import { SearchBar } from "./search-bar.js";
import { Timeline } from "./timeline.js";
import { WaitingRow } from "./waiting-row.js";

const text = signal("");
const within = signal<Within>("any");
const shown = computed(() => {
  // Only a filter by time makes the list depend on the time.
  const now = within.value === "any" ? 0 : nowMs.value;
  return found(waiting.value, text.value, within.value, now);
});

/** Waiting events: on a timeline, and as a list that can be searched. */
export function WaitingPanel() {
  const box = useRef<HTMLElement>(null);
  const scrollTo = (atMs: number) => {
    const index = shown.value.findIndex((event) => event.atMs >= atMs);
    if (box.current)
      box.current.scrollTop = (index < 0 ? shown.value.length : index) * rowHeight.value;
  };
  return (
    <Panel
      id="waiting"
      title="Waiting"
      aside={<Figure />}
      actions={<SearchBar text={text} within={within} />}
    >
      <Timeline onPoint={scrollTo} />
      {shown.value.length === 0 && isLoaded.value ? (
        <NothingWaits isSearch={waiting.value.length > 0} />
      ) : (
        <WindowedList
          label="Waiting events"
          box={box}
          items={shown.value}
          row={(event, tabIndex) => <WaitingRow event={event} tabIndex={tabIndex} />}
        />
      )}
    </Panel>
  );
}

function Figure() {
  const all = waiting.value.length;
  const isMore = demo.value?.counts.waitingIsMore === true;
  if (shown.value.length < all) return <>{`${count(shown.value.length)} of ${count(all)}`}</>;
  return <>{isMore ? `the nearest ${count(all)} of more` : count(all)}</>;
}

function clear(): void {
  text.value = "";
  within.value = "any";
}

function NothingWaits({ isSearch }: { isSearch: boolean }) {
  if (isSearch) {
    return (
      <EmptyState title="No waiting event matches.">
        <button type="button" onClick={clear}>
          Show all
        </button>
      </EmptyState>
    );
  }
  const how = isReadOnly.value ? "from a terminal" : "with the form or from a terminal";
  return (
    <EmptyState title="Nothing waits.">
      <p>Schedule an event {how}; it appears here by itself:</p>
      <StoreCommand verb="schedule --in 10s --to inbox/hello.txt --body hello" />
    </EmptyState>
  );
}
