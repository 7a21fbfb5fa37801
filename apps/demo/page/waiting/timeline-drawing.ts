import type { Bin } from "./timeline-bins.js";
import { bins, type Timed } from "./timeline-bins.js";
import { type TimelineView, ticks } from "./timeline-view.js";

export interface Colours {
  readonly line: string;
  readonly muted: string;
  readonly text: string;
  readonly waiting: string;
  readonly overdue: string;
  readonly delivered: string;
  readonly font: string;
}

export interface Scene {
  readonly view: TimelineView;
  readonly timed: Timed;
  readonly nowMs: number;
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
}

const BIN_PIXELS = 7;
const DOT_PIXELS = 5;
const AXIS_PIXELS = 20;
const LABEL_PIXELS = 96;
const KINDS = ["delivered", "overdue", "waiting"] as const;

/** The duration of one column. */
function binMsOf(view: TimelineView, width: number): number {
  return (view.spanMs * BIN_PIXELS) / width;
}

/** Draws the timeline: one dot an event while they fit, else columns of their number. */
export function drawTimeline(context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, height } = scene;
  context.clearRect(0, 0, width, height);
  const floor = height - AXIS_PIXELS;
  drawAxis(context, scene, floor);
  const columns = bins(scene.view, binMsOf(scene.view, width), scene.timed, scene.nowMs);
  const room = floor - 8;
  const tallest = Math.max(...columns.map(total), 0);
  const areDots = tallest * BIN_PIXELS <= room;
  for (const column of columns) {
    const x = position(scene, column.startMs);
    if (areDots) drawDots(context, scene, column, x, floor);
    else drawColumn(context, scene, column, x, floor, room / tallest);
  }
  drawNow(context, scene, floor);
}

function drawAxis(context: CanvasRenderingContext2D, scene: Scene, floor: number): void {
  const { colours, width } = scene;
  context.font = colours.font;
  context.textBaseline = "middle";
  for (const tick of ticks(scene.view, Math.max(1, Math.floor(width / LABEL_PIXELS)))) {
    const x = Math.round(position(scene, tick.atMs)) + 0.5;
    context.fillStyle = colours.line;
    context.fillRect(x, 0, 1, floor);
    context.fillStyle = colours.muted;
    context.textAlign = x < 40 ? "left" : x > width - 40 ? "right" : "center";
    context.fillText(tick.label, Math.min(width, Math.max(0, x)), floor + AXIS_PIXELS / 2 + 1);
  }
  context.fillStyle = colours.line;
  context.fillRect(0, floor, width, 1);
}

function drawDots(
  context: CanvasRenderingContext2D,
  scene: Scene,
  column: Bin,
  x: number,
  floor: number,
): void {
  let level = 0;
  for (const kind of KINDS) {
    context.fillStyle = scene.colours[kind];
    for (let dot = 0; dot < column[kind]; dot++, level++) {
      const y = floor - 4 - level * BIN_PIXELS - DOT_PIXELS;
      context.beginPath();
      context.roundRect(x + 1, y, DOT_PIXELS, DOT_PIXELS, 2);
      context.fill();
    }
  }
}

function drawColumn(
  context: CanvasRenderingContext2D,
  scene: Scene,
  column: Bin,
  x: number,
  floor: number,
  scale: number,
): void {
  let top = floor;
  for (const kind of KINDS) {
    if (column[kind] === 0) continue;
    const height = Math.max(2, column[kind] * scale);
    top -= height;
    context.fillStyle = scene.colours[kind];
    context.fillRect(x + 1, top, DOT_PIXELS, height);
  }
}

function drawNow(context: CanvasRenderingContext2D, scene: Scene, floor: number): void {
  const x = Math.round(position(scene, scene.nowMs));
  if (x < 0 || x > scene.width) return;
  context.fillStyle = scene.colours.text;
  context.fillRect(x, 0, 1.5, floor + 4);
}

function position({ view, width }: Scene, atMs: number): number {
  return ((atMs - view.startMs) / view.spanMs) * width;
}

function total(bin: Bin): number {
  return bin.waiting + bin.overdue + bin.delivered;
}
