import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface ChartColours {
  readonly line: string;
  readonly muted: string;
  readonly ok: string;
  readonly accent: string;
  readonly font: string;
}

interface Props {
  /** What the chart says, in words. */
  readonly label: string;
  readonly data: uPlot.AlignedData;
  readonly height: number;
  readonly options: (colours: ChartColours) => Omit<uPlot.Options, "width" | "height">;
}

/** A uPlot chart as wide as its place, in the colours of the scheme. */
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
      const { options, data, height } = latest.current;
      const size = { width: Math.max(1, element.clientWidth), height };
      chart.current = new uPlot({ ...options(readColours(element)), ...size }, data, element);
    };
    const sizes = new ResizeObserver(() => {
      const { height } = latest.current;
      chart.current?.setSize({ width: Math.max(1, element.clientWidth), height });
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
  return <div ref={place} class="chart" role="img" aria-label={props.label} />;
}

function readColours(element: HTMLElement): ChartColours {
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
