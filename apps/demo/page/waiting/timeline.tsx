import { computed, signal } from "@preact/signals";
import { count, counted } from "../format/count.js";
import { fullTime } from "../format/time.js";
import { nowMs, serverNow } from "../live/page-clock.js";
import { waiting } from "../live/page-state.js";
import { Icon } from "../parts/icon.js";
import { TimelineCanvas } from "./timeline-canvas.js";
import { SPANS, type TimelineView, viewAround, zoomed } from "./timeline-view.js";

const FIRST_SPAN_MS = 600_000;

const spanMs = signal(FIRST_SPAN_MS);
/** `undefined`: it follows the current time. */
const startMs = signal<number | undefined>(undefined);

const label = computed(() => {
  const next = waiting.value.find((event) => event.atMs > nowMs.peek());
  const what = `Timeline of ${counted(waiting.value.length, "waiting event")}`;
  return next ? `${what}; the next is due ${fullTime(next.atMs)}` : what;
});

/** Waiting and delivered events along the time. The list has the same events in words. */
export function Timeline({ onPoint }: { onPoint: (atMs: number) => void }) {
  return (
    <figure class="timeline">
      <figcaption class="timeline-bar">
        <Legend />
        <Spans />
        <Moves />
      </figcaption>
      <TimelineCanvas
        label={label.value}
        viewNow={viewNow}
        onPoint={onPoint}
        onZoom={zoom}
        onDrag={move}
      />
    </figure>
  );
}

function Legend() {
  const overdue = waiting.value.filter((event) => event.atMs <= nowMs.value).length;
  return (
    <span class="timeline-legend muted small">
      <span class="swatch waiting">waiting</span>
      <span class="swatch delivered">delivered</span>
      {overdue > 0 && <span class="swatch overdue">{count(overdue)} overdue</span>}
    </span>
  );
}

function Spans() {
  return (
    <fieldset class="segments timeline-spans">
      <legend class="unseen">Time range</legend>
      {SPANS.map(({ label: name, ms }) => (
        <button
          key={name}
          type="button"
          aria-pressed={spanMs.value === ms && startMs.value === undefined}
          onClick={() => follow(ms)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

function Moves() {
  const middle = () => viewNow().startMs + viewNow().spanMs / 2;
  return (
    <span class="timeline-moves">
      <Move label="Earlier" icon="earlier" onClick={() => move(-viewNow().spanMs / 2)} />
      <Move label="Later" icon="later" onClick={() => move(viewNow().spanMs / 2)} />
      <Move label="Zoom in" icon="plus" onClick={() => zoom(0.5, middle())} />
      <Move label="Zoom out" icon="minus" onClick={() => zoom(2, middle())} />
      <button
        type="button"
        class="quiet"
        disabled={startMs.value === undefined}
        onClick={() => follow(spanMs.value)}
      >
        Now
      </button>
    </span>
  );
}

interface MoveProps {
  readonly label: string;
  readonly icon: "earlier" | "later" | "plus" | "minus";
  readonly onClick: () => void;
}

function Move({ label: name, icon, onClick }: MoveProps) {
  return (
    <button type="button" class="quiet" aria-label={name} title={name} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function viewNow(): TimelineView {
  if (startMs.value === undefined) return viewAround(serverNow(), spanMs.value);
  return { startMs: startMs.value, spanMs: spanMs.value };
}

function follow(ms: number): void {
  spanMs.value = ms;
  startMs.value = undefined;
}

function move(byMs: number): void {
  startMs.value = viewNow().startMs + byMs;
}

function zoom(factor: number, atMs: number): void {
  const view = zoomed(viewNow(), factor, atMs);
  if (startMs.value !== undefined) startMs.value = view.startMs;
  spanMs.value = view.spanMs;
}
