// Horizontal bars in panels, as an SVG: a panel for each question, with a bar and a figure for each system.
import { svgOf, text } from "./svg.mjs";
import { figure } from "./table.mjs";

const WIDTH = 760;
const NAME = 190;
const BAR = 18;
const GAP = 8;
const FIGURE = 120;
const OURS = "#0072b2";
const OTHERS = "#999999";

/** `panels`: `{title, bars: [{name, value, isOurs}]}`; each panel has its own scale, from 0. */
export function plotBars(title, panels) {
  let y = 44;
  const parts = [];
  for (const panel of panels) {
    y += 22;
    parts.push(text(16, y, panel.title, 'font-weight="600"'));
    y += 10;
    const most = Math.max(...panel.bars.map(({ value }) => value ?? 0), Number.MIN_VALUE);
    for (const bar of panel.bars) {
      parts.push(drawBar(bar, y, most));
      y += BAR + GAP;
    }
  }
  return svgOf({ width: WIDTH, height: y + 12, title }, [
    text(16, 26, title, 'font-size="14" font-weight="600"'),
    ...parts,
  ]);
}

function drawBar({ name, value, isOurs }, y, most) {
  const width = Math.round(((WIDTH - NAME - FIGURE) * (value ?? 0)) / most);
  const color = isOurs ? OURS : OTHERS;
  return [
    text(NAME - 10, y + 13, name, 'text-anchor="end"'),
    `<rect x="${NAME}" y="${y}" width="${Math.max(1, width)}" height="${BAR}" fill="${color}"/>`,
    text(NAME + width + 8, y + 13, figure(value)),
  ].join("");
}
