// The share of events that were copied within a time, as an SVG: time on a logarithmic scale from 1 ms to 100 s.
import { svgOf, text } from "./svg.mjs";
import { counted } from "./table.mjs";

const WIDTH = 760;
const HEIGHT = 420;
const AREA = { left: 64, right: 24, top: 56, bottom: 108 };
const DECADES = ["1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"];
const SHARES = [0, 0.25, 0.5, 0.75, 0.99];
/** Most people can distinguish them. */
const COLORS = ["#0072b2", "#d55e00", "#666666"];
const DASHES = { "in advance": "", "short notice": "6 4" };

/** `series`: a title, a kind and ascending milliseconds each; equal titles have one colour. */
export function plotLateness(series, { events, seconds }) {
  const titles = [...new Set(series.map(({ title }) => title))];
  const colorOf = (title) => COLORS[titles.indexOf(title)];
  const title = `From the due instant to the confirmed copy: ${counted(events)} events over ${seconds} s, Ceph gateway`;
  return svgOf({ width: WIDTH, height: HEIGHT, title }, [
    text(AREA.left, 24, title, 'font-size="14" font-weight="600"'),
    text(AREA.left, 42, "share of events that were copied within the time"),
    ...DECADES.map(verticalLine),
    ...SHARES.map(horizontalLine),
    ...series.map(({ title, kind, values }) => curve(values, colorOf(title), DASHES[kind])),
    ...series.map((one, index) => legend(one, index, colorOf(one.title))),
  ]);
}

/** Up to 1 ms is at the left edge. */
function xOf(ms) {
  const share = Math.log10(Math.max(1, ms)) / (DECADES.length - 1);
  return round(AREA.left + Math.min(1, share) * (WIDTH - AREA.left - AREA.right));
}

function yOf(share) {
  return round(HEIGHT - AREA.bottom - share * (HEIGHT - AREA.top - AREA.bottom));
}

function verticalLine(label, decade) {
  const x = xOf(10 ** decade);
  const line = `<path d="M${x} ${yOf(0)}V${yOf(1)}" stroke="#ddd"/>`;
  return line + text(x, yOf(0) + 18, label, 'text-anchor="middle"');
}

function horizontalLine(share) {
  const y = yOf(share);
  const line = `<path d="M${xOf(1)} ${y}H${WIDTH - AREA.right}" stroke="#ddd"/>`;
  return line + text(AREA.left - 8, y + 4, `${share * 100} %`, 'text-anchor="end"');
}

function curve(values, color, dash) {
  let path = `M${xOf(values[0])} ${yOf(0)}`;
  let lastX = xOf(values[0]);
  values.forEach((ms, index) => {
    const x = xOf(ms);
    if (x === lastX && index < values.length - 1) return; // one point for each pixel
    path += `L${lastX} ${yOf(index / values.length)}L${x} ${yOf((index + 1) / values.length)}`;
    lastX = x;
  });
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`;
}

function legend({ title, kind }, index, color) {
  const column = Math.floor(index / 2);
  const x = AREA.left + column * 228;
  const y = HEIGHT - 52 + (index % 2) * 20;
  const sample = `<path d="M${x} ${y - 4}h26" stroke="${color}" stroke-width="2" stroke-dasharray="${DASHES[kind]}"/>`;
  const heading = index % 2 === 0 ? text(x, y - 18, title, 'font-weight="600"') : "";
  return heading + sample + text(x + 34, y, kind);
}

function round(value) {
  return Math.round(value * 10) / 10;
}
