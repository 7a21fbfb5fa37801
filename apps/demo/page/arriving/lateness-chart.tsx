import { computed } from "@preact/signals";
import type uPlot from "uplot";
import { span } from "../format/span.js";
import { deliveries } from "../live/page-state.js";
import { quietOptions } from "./chart-axes.js";
import { latenessOf } from "./lateness.js";
import { type ChartColours, UplotChart } from "./uplot-chart.js";

const MOST_POINTS = 500;

const data = computed<uPlot.AlignedData>(() => {
  const shown = deliveries.value.slice(0, MOST_POINTS).reverse();
  return [
    shown.map((delivery) => Date.parse(delivery.deliveredAt) / 1_000),
    shown.map((delivery) => Math.max(0, delivery.latenessMs)),
  ];
});

const label = computed(() => {
  const lateness = latenessOf(deliveries.value);
  if (!lateness) return "Chart of lateness: nothing was delivered here yet";
  return `Chart of lateness: median ${span(lateness.median)}, at most ${span(lateness.max)}`;
});

/** How late each of the last deliveries was. */
export function LatenessChart() {
  return (
    <figure>
      <figcaption class="label">Lateness</figcaption>
      <UplotChart label={label.value} data={data.value} height={110} options={options} />
    </figure>
  );
}

function options(colours: ChartColours) {
  return {
    ...quietOptions(colours, (value) => span(value)),
    scales: {
      y: {
        range: (_chart: uPlot, _low: number, high: number): [number, number] => [
          0,
          Math.max(10, high * 1.1),
        ],
      },
    },
    series: [
      {},
      {
        paths: () => null,
        points: { show: true, size: 4, fill: colours.ok, stroke: colours.ok, width: 0 },
      },
    ],
  } satisfies Omit<uPlot.Options, "width" | "height">;
}
