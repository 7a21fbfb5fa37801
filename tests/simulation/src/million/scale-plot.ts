import type { Outcome } from "./run-million.js";
import type { Targets } from "./shard-events.js";

const WIDTH = 760;
const HEIGHT = 430;
const AREA = { left: 76, right: 210, top: 58, bottom: 56 };
const SHARDS = [1, 4, 16, 64];
const RATES = [1_000, 3_500, 14_000, 56_000, 224_000];
const LEAST = 800;
const MOST = 280_000;

interface Series {
  readonly targets: Targets;
  readonly concurrency: number;
  readonly label: string;
  readonly color: string;
}

/** Most people can distinguish them. */
const SERIES: readonly Series[] = [
  { targets: "own", concurrency: 512, label: "a partition for each shard", color: "#0072b2" },
  { targets: "own", concurrency: 64, label: "the same, 64 in flight each", color: "#56b4e9" },
  { targets: "mixed", concurrency: 512, label: "instants spread over 1 s", color: "#009e73" },
  { targets: "sorted", concurrency: 512, label: "many targets, one instant", color: "#cc79a7" },
  { targets: "one", concurrency: 512, label: "one target partition", color: "#d55e00" },
];

/** Events a second by shards, both logarithmic, with S3's limit. */
export function scalePlot(outcomes: readonly Outcome[]): string {
  const events = outcomes[0]?.setup.events ?? 0;
  const title = `${count(events)} events due at one instant: rate at which the sweepers settle`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(AREA.left, 24, title, 'font-size="14" font-weight="600"'),
    text(AREA.left, 42, "events delivered a second, by shards (a sweeper each); simulated S3"),
    ...SHARDS.map(verticalLine),
    ...RATES.map(horizontalLine),
    text((AREA.left + WIDTH - AREA.right) / 2, HEIGHT - 14, "shards", 'text-anchor="middle"'),
    limitLine(),
    ...SERIES.map((series) => pointsOf(series, outcomes)),
    ...labels(outcomes),
    "</svg>",
    "",
  ].join("\n");
}

function xOf(shards: number): number {
  const share = Math.log2(shards) / 6;
  return round(AREA.left + 24 + share * (WIDTH - AREA.left - AREA.right - 48));
}

function yOf(rate: number): number {
  const share = Math.log(rate / LEAST) / Math.log(MOST / LEAST);
  return round(HEIGHT - AREA.bottom - share * (HEIGHT - AREA.top - AREA.bottom));
}

function verticalLine(shards: number): string {
  const x = xOf(shards);
  const line = `<path d="M${x} ${yOf(LEAST)}V${yOf(MOST)}" stroke="#ddd"/>`;
  return line + text(x, yOf(LEAST) + 18, String(shards), 'text-anchor="middle"');
}

function horizontalLine(rate: number): string {
  const y = yOf(rate);
  const line = `<path d="M${AREA.left} ${y}H${WIDTH - AREA.right}" stroke="#ddd"/>`;
  return line + text(AREA.left - 8, y + 4, count(rate), 'text-anchor="end"');
}

/** 3,500 writes a second in each partition. */
function limitLine(): string {
  const from = `${xOf(1)} ${yOf(3_500)}`;
  return `<path d="M${from}L${xOf(64)} ${yOf(224_000)}" stroke="#999" stroke-dasharray="5 4" fill="none"/>`;
}

function pointsOf({ color, ...wanted }: Series, outcomes: readonly Outcome[]): string {
  const points = matching(wanted, outcomes);
  const path = points.map(({ x, y }) => `${x} ${y}`).join("L");
  const dots = points.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="4" fill="${color}"/>`);
  return `<path d="M${path}" stroke="${color}" stroke-width="2" fill="none"/>${dots.join("")}`;
}

function matching(wanted: Pick<Series, "targets" | "concurrency">, outcomes: readonly Outcome[]) {
  return outcomes
    .filter(
      ({ setup }) => setup.targets === wanted.targets && setup.concurrency === wanted.concurrency,
    )
    .map(({ setup, settledPerSecond }) => ({ x: xOf(setup.shards), y: yOf(settledPerSecond) }));
}

/** At the right: labels at the lines would hide each other. */
function labels(outcomes: readonly Outcome[]): string[] {
  const x = WIDTH - AREA.right + 16;
  const shown = SERIES.filter((series) => matching(series, outcomes).length > 0);
  const lines = shown.map(({ label, color }, index) => {
    const y = AREA.top + 20 + index * 24;
    const sample = `<path d="M${x} ${y - 4}h20" stroke="${color}" stroke-width="2"/><circle cx="${x + 10}" cy="${y - 4}" r="4" fill="${color}"/>`;
    return sample + text(x + 28, y, label);
  });
  const y = AREA.top + 20 + shown.length * 24;
  const limit = `<path d="M${x} ${y - 4}h20" stroke="#999" stroke-dasharray="5 4"/>`;
  return [...lines, limit + text(x + 28, y, "3,500 writes/s a partition")];
}

function text(x: number, y: number, words: string, attributes = ""): string {
  return `<text x="${x}" y="${y}" ${attributes}>${words}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
