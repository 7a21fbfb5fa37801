import { useEffect, useState } from "preact/hooks";
import { count, counted } from "../format/count.js";
import { span } from "../format/span.js";
import { deliveries, demo, isLoaded } from "../live/page-state.js";
import { EmptyState } from "../parts/empty-state.js";
import { Panel } from "../parts/panel.js";
import { WindowedList } from "../parts/windowed-list.js";
import { rowHeight } from "../shell/row-height.js";
import { DeliveredRow } from "./delivered-row.js";
import { isFresh } from "./fresh.js";
import { latenessOf } from "./lateness.js";
import { LatenessChart } from "./lateness-chart.js";
import { RateChart } from "./rate-chart.js";

const SPOKEN_EVERY_MS = 5_000;

/** What arrives, as it arrives. */
export function DeliveredPanel() {
  return (
    <Panel id="delivered" title="Delivered" aside={<Figures />}>
      <div class="charts">
        <LatenessChart />
        <RateChart />
      </div>
      {deliveries.value.length === 0 && isLoaded.value ? (
        <EmptyState title="Nothing has arrived yet.">
          Events show up here as they are delivered, with how late they were.
        </EmptyState>
      ) : (
        <WindowedList
          label="Delivered events"
          items={deliveries.value}
          rowHeight={rowHeight.value}
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

/** Tells readers what arrived, now and then and not for each event. */
function Spoken() {
  const [text, setText] = useState("");
  useEffect(() => {
    let told = demo.peek()?.counts.delivered ?? 0;
    const timer = window.setInterval(() => {
      const delivered = demo.peek()?.counts.delivered ?? 0;
      if (delivered > told) setText(`${counted(delivered - told, "event")} delivered`);
      told = delivered;
    }, SPOKEN_EVERY_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <p class="unseen" aria-live="polite">
      {text}
    </p>
  );
}
