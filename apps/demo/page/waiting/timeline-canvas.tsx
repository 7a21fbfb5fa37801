import { computed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { serverNow } from "../live/page-clock.js";
import { deliveries, waiting } from "../live/page-state.js";
import { type Colours, drawTimeline } from "./timeline-drawing.js";
import { type Pointing, startPointing } from "./timeline-pointing.js";
import type { TimelineView } from "./timeline-view.js";

const HEIGHT = 112;
const FASTEST_FRAME_MS = 33;

const deliveredMs = computed(() => deliveries.value.map((delivery) => Date.parse(delivery.at)));

interface Props extends Pointing {
  readonly label: string;
}

/** Draws the timeline as often as it can be seen to move, and not more often. */
export function TimelineCanvas(props: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => startDrawing(canvas.current, () => latest.current.viewNow()), []);
  useEffect(() => startPointing(canvas.current, () => latest.current), []);
  return <canvas ref={canvas} class="timeline-canvas" role="img" aria-label={props.label} />;
}

function startDrawing(canvas: HTMLCanvasElement | null, viewNow: () => TimelineView): () => void {
  const context = canvas?.getContext("2d");
  if (!canvas || !context) return () => {};
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let colours = readColours(canvas);
  let drawnAtMs = 0;
  let drawn: readonly unknown[] = [];
  let frame = 0;
  const draw = () => {
    frame = requestAnimationFrame(draw);
    const view = viewNow();
    const width = canvas.clientWidth;
    const pixelMs = view.spanMs / Math.max(1, width) / 2;
    const pauseMs = calm.matches ? 1_000 : Math.min(1_000, Math.max(FASTEST_FRAME_MS, pixelMs));
    const now = [waiting.value, deliveries.value, view.spanMs, width, colours];
    const isSame = now.every((value, index) => value === drawn[index]);
    if (width === 0 || (isSame && performance.now() - drawnAtMs < pauseMs)) return;
    drawnAtMs = performance.now();
    drawn = now;
    resize(canvas, context, width);
    const timed = { waiting: waiting.value, deliveredMs: deliveredMs.value };
    drawTimeline(context, { view, timed, nowMs: serverNow(), width, height: HEIGHT, colours });
  };
  const onScheme = () => {
    colours = readColours(canvas);
  };
  dark.addEventListener("change", onScheme);
  draw();
  return () => {
    cancelAnimationFrame(frame);
    dark.removeEventListener("change", onScheme);
  };
}

function resize(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, width: number): void {
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(HEIGHT * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function readColours(canvas: HTMLCanvasElement): Colours {
  const style = getComputedStyle(canvas);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: read("--line"),
    muted: read("--muted"),
    text: read("--text"),
    waiting: read("--accent"),
    overdue: read("--warn"),
    delivered: read("--ok"),
    font: `11px ${read("--sans")}`,
  };
}
