import type { TimelineView } from "./timeline-view.js";

export interface Pointing {
  /** The view at this moment: it moves while it follows now. */
  readonly viewNow: () => TimelineView;
  readonly onPoint: (atMs: number) => void;
  readonly onZoom: (factor: number, atMs: number) => void;
  readonly onDrag: (byMs: number) => void;
}

/** Wheel to zoom, drag to move, click to pick an instant. */
export function startPointing(canvas: HTMLCanvasElement | null, props: () => Pointing): () => void {
  if (!canvas) return () => {};
  const listening = new AbortController();
  const { signal } = listening;
  let movedPixels = 0;
  const timeAt = (event: MouseEvent) => {
    const { startMs, spanMs } = props().viewNow();
    return startMs + (event.offsetX / canvas.clientWidth) * spanMs;
  };
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.shiftKey && Math.abs(event.deltaX) < Math.abs(event.deltaY))
        return;
      event.preventDefault();
      const isZoom = Math.abs(event.deltaY) > Math.abs(event.deltaX);
      if (isZoom) props().onZoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event));
      else props().onDrag((event.deltaX / canvas.clientWidth) * props().viewNow().spanMs);
    },
    { passive: false, signal },
  );
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      movedPixels = 0;
      canvas.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      movedPixels += Math.abs(event.movementX);
      props().onDrag((-event.movementX / canvas.clientWidth) * props().viewNow().spanMs);
    },
    { signal },
  );
  canvas.addEventListener(
    "click",
    (event) => {
      if (movedPixels < 4) props().onPoint(timeAt(event));
    },
    { signal },
  );
  return () => listening.abort();
}
