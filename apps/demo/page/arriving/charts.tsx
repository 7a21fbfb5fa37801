import { computed } from "@preact/signals";
import uPlot from "uplot";
import { count } from "../format/count.js";
import { span } from "../format/span.js";
import { nowMs } from "../live/page-clock.js";
import { deliveries } from "../live/page-state.js";
import { latenessOf, perMinute } from "./arrivals.js";
import { UplotChart } from "./uplot-chart.js";

const MOST_POINTS = 500;
const MINUTES = 30;

const latenessData = computed<uPlot.AlignedData>(() => {
  const shown = deliveries.value.slice(0, MOST_POINTS).reverse();
  return [
    shown.map((delivery) => Date.parse(delivery.deliveredAt) / 1_000),
    shown.map((delivery) => Math.max(0, delivery.latenessMs)),
  ];
});

const latenessLabel = computed(() => {
  const lateness = latenessOf(deliveries.value);
  if (!lateness) return "Chart of lateness: nothing was delivered here yet";
  return `Chart of lateness: median ${span(lateness.median)}, at most ${span(lateness.max)}`;
});

/** How late each of the last deliveries was. */
export function LatenessChart() {
  return (
    <UplotChart
      title="Lateness"
      label={latenessLabel.value}
      data={latenessData.value}
      leastTop={10}
      value={span}
      series={({ ok }) => ({
        paths: () => null,
        points: { show: true, size: 4, fill: ok, stroke: ok, width: 0 },
      })}
    />
  );
}

const thisMinute = computed(() => Math.floor(nowMs.value / 60_000));
const rateData = computed<uPlot.AlignedData>(() =>
  perMinute(deliveries.value, thisMinute.value, MINUTES),
);

const rateLabel = computed(() => {
  const last = rateData.value[1]?.at(-1) ?? 0;
  return `Chart of deliveries per minute, the last ${MINUTES} minutes; ${count(last)} in this one`;
});

const bars = uPlot.paths.bars?.({ size: [0.7, 14] }) ?? (() => null);

export function RateChart() {
  return (
    <UplotChart
      title="Deliveries per minute"
      label={rateLabel.value}
      data={rateData.value}
      leastTop={4}
      value={(value) => (Number.isInteger(value) ? count(value) : "")}
      series={({ accent }) => ({
        fill: accent,
        stroke: accent,
        width: 0,
        points: { show: false },
        paths: bars,
      })}
    />
  );
}
