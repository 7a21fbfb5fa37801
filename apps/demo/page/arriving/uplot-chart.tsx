import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clockTime } from "../format/time.js";

interface ChartColors {
  readonly line: string;
  readonly muted: string;
  readonly ok: string;
  readonly accent: string;
  readonly font: string;
}

interface Props {
  readonly title: string;
  /** What the chart shows, in words. */
  readonly label: string;
  readonly data: uPlot.AlignedData;
  /** The values on the left axis go at least to this one. */
  readonly leastTop: number;
  readonly value: (value: number) => string;
  readonly series: (colors: ChartColors) => uPlot.Series;
}

const HEIGHT = 110;

/** A uPlot chart as wide as its place, in the colors of the page. */
export function UplotChart(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const make = () => {
      chart.current?.destroy();
      const options = optionsOf(latest.current, element);
      chart.current = new uPlot(options, latest.current.data, element);
    };
    const sizes = new ResizeObserver(() => {
      chart.current?.setSize(sizeOf(element));
    });
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    make();
    sizes.observe(element);
    dark.addEventListener("change", make);
    return () => {
      sizes.disconnect();
      dark.removeEventListener("change", make);
      chart.current?.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData(props.data), [props.data]);
  return (
    <figure>
      <figcaption class="label">{props.title}</figcaption>
      <div ref={place} class="chart" role="img" aria-label={props.label} />
    </figure>
  );
}

function sizeOf(element: HTMLElement) {
  return { width: Math.max(1, element.clientWidth), height: HEIGHT };
}

/** Times below, values on the left, thin lines and nothing else. */
function optionsOf({ leastTop, value, series }: Props, element: HTMLElement): uPlot.Options {
  const colors = readColors(element);
  const axis = { stroke: colors.muted, font: colors.font, ticks: { show: false } };
  return {
    ...sizeOf(element),
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(leastTop, high * 1.1)] } },
    series: [{}, series(colors)],
    axes: [
      {
        ...axis,
        size: 24,
        space: 70,
        grid: { show: false },
        values: (_chart, seconds) => seconds.map((at) => clockTime(at * 1_000).slice(0, 5)),
      },
      {
        ...axis,
        size: 52,
        space: 28,
        grid: { stroke: colors.line, width: 1 },
        values: (_chart, values) => values.map(value),
      },
    ],
  };
}

function readColors(element: HTMLElement): ChartColors {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: read("--line"),
    muted: read("--muted"),
    ok: read("--ok"),
    accent: read("--accent"),
    font: `11px ${read("--sans")}`,
  };
}
