import type uPlot from "uplot";
import { clockTime } from "../format/time.js";
import type { ChartColours } from "./uplot-chart.js";

/** What both charts have alike: quiet lines, times below, values on the left, nothing else. */
export function quietOptions(
  colours: ChartColours,
  value: (value: number) => string,
): Pick<uPlot.Options, "axes" | "legend" | "cursor" | "padding"> {
  const axis = { stroke: colours.muted, font: colours.font };
  const line = { stroke: colours.line, width: 1 };
  return {
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    axes: [
      {
        ...axis,
        size: 24,
        space: 70,
        grid: { show: false },
        ticks: { show: false },
        values: (_chart, seconds) => seconds.map((at) => clockTime(at * 1_000).slice(0, 5)),
      },
      {
        ...axis,
        size: 52,
        space: 28,
        grid: line,
        ticks: { show: false },
        values: (_chart, values) => values.map(value),
      },
    ],
  };
}
