import { computed, signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { count } from "../format/count.js";
import { nowMs } from "../live/page-clock.js";
import { demo, isLoaded, waiting } from "../live/page-state.js";
import { Panel } from "../parts/panel.js";
import { WindowedList } from "../parts/windowed-list.js";
import { rowHeight } from "../shell/row-height.js";
import { NothingWaits } from "./nothing-waits.js";
import { found, type Within } from "./search.js";
import { SearchBar } from "./search-bar.js";
import { Timeline } from "./timeline.js";
import { WaitingRow } from "./waiting-row.js";

const text = signal("");
const within = signal<Within>("any");
const shown = computed(() => {
  // Only a list that is bound to now changes as time goes by.
  const now = within.value === "any" ? 0 : nowMs.value;
  return found(waiting.value, text.value, within.value, now);
});

/** What waits: along the time, and as a list that can be searched. */
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
        <NothingWaits isSearch={waiting.value.length > 0} onClear={clear} />
      ) : (
        <WindowedList
          label="Waiting events"
          box={box}
          items={shown.value}
          rowHeight={rowHeight.value}
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
