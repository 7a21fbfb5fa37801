import { computed } from "@preact/signals";
import uPlot from "uplot";
import { count, counted } from "../format/count.js";
import { nowMs } from "../live/page-clock.js";
import { deliveries } from "../live/page-state.js";
import { quietOptions } from "./chart-axes.js";
import { perMinute } from "./per-minute.js";
import { type ChartColours, UplotChart } from "./uplot-chart.js";

const MINUTES = 30;

const thisMinute = computed(() => Math.floor(nowMs.value / 60_000));
const data = computed<uPlot.AlignedData>(() =>
  perMinute(deliveries.value, thisMinute.value, MINUTES),
);

const label = computed(() => {
  const last = data.value[1]?.at(-1) ?? 0;
  return `Chart of deliveries per minute, the last ${MINUTES} minutes; ${counted(last, "delivery").replace("deliverys", "deliveries")} in this one`;
});

/** How many events arrived in each of the last minutes. */
export function RateChart() {
  return (
    <figure>
      <figcaption class="label">Deliveries per minute</figcaption>
      <UplotChart label={label.value} data={data.value} height={110} options={options} />
    </figure>
  );
}

function options(colours: ChartColours) {
  return {
    ...quietOptions(colours, (value) => (Number.isInteger(value) ? count(value) : "")),
    scales: {
      y: {
        range: (_chart: uPlot, _low: number, high: number): [number, number] => [
          0,
          Math.max(4, high * 1.1),
        ],
      },
    },
    series: [
      {},
      {
        fill: colours.accent,
        stroke: colours.accent,
        width: 0,
        points: { show: false },
        paths: bars,
      },
    ],
  } satisfies Omit<uPlot.Options, "width" | "height">;
}

const bars = uPlot.paths.bars?.({ size: [0.7, 14] }) ?? (() => null);
