import { useEffect, useState } from "preact/hooks";
import { count, counted } from "../format/count.js";
import { span } from "../format/span.js";
import { deliveries, demo, isLoaded } from "../live/page-state.js";
import { EmptyState, Panel } from "../parts/panel.js";
import { WindowedList } from "../parts/windowed-list.js";
import { historyTroubleWords } from "../shell/trouble-words.js";
import { isFresh, latenessOf } from "./arrivals.js";
import { LatenessChart, RateChart } from "./charts.js";
import { DeliveredRow } from "./delivered-row.js";

const SPOKEN_EVERY_MS = 5_000;

/** Delivered events, the newest first. */
export function DeliveredPanel() {
  return (
    <Panel id="delivered" title="Delivered" aside={<Figures />}>
      <div class="charts">
        <LatenessChart />
        <RateChart />
      </div>
      <HistoryTrouble />
      {deliveries.value.length === 0 && isLoaded.value ? (
        <EmptyState title="Nothing was delivered yet.">
          Delivered events appear here, with their lateness.
        </EmptyState>
      ) : (
        <WindowedList
          label="Delivered events"
          items={deliveries.value}
          rowClass={(delivery) => (isFresh(delivery) ? "fresh" : undefined)}
          row={(delivery, tabIndex) => <DeliveredRow delivery={delivery} tabIndex={tabIndex} />}
        />
      )}
      <Spoken />
    </Panel>
  );
}

function Figures() {
  const lateness = latenessOf(deliveries.value);
  return (
    <>
      {count(demo.value?.counts.delivered ?? 0)}
      {lateness && `, median ${span(lateness.median)} late, p99 ${span(lateness.p99)}`}
    </>
  );
}

function HistoryTrouble() {
  const trouble = demo.value?.historyTrouble;
  if (trouble === undefined) return null;
  return (
    <p class="message warn">
      <bdi>{historyTroubleWords(trouble)}</bdi>
    </p>
  );
}

/** Announces deliveries to screen readers, every few seconds and not for each event. */
function Spoken() {
  const [text, setText] = useState("");
  useEffect(() => {
    let announced = demo.peek()?.counts.delivered;
    const timer = window.setInterval(() => {
      const delivered = demo.peek()?.counts.delivered;
      if (delivered !== undefined && announced !== undefined && delivered > announced)
        setText(`${counted(delivered - announced, "event")} delivered`);
      announced = delivered;
    }, SPOKEN_EVERY_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <p class="unseen" aria-live="polite">
      {text}
    </p>
  );
}
