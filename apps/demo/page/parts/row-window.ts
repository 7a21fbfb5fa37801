import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Rows above and below what is seen, so that quick scrolling shows no gaps. */
const MARGIN_ROWS = 6;

interface Identified {
  readonly id: string;
}

export interface RowWindow {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** Which rows of a scrolled list are to be drawn. What is looked at stays in its place when rows above come or go. */
export function useRowWindow(
  box: RefObject<HTMLElement | null>,
  items: readonly Identified[],
  rowHeight: number,
): RowWindow {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const onScroll = () => setTop(element.scrollTop);
    const sizes = new ResizeObserver(() => setHeight(element.clientHeight));
    sizes.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, [box]);
  useAnchor(box, items, rowHeight);
  const first = Math.max(0, Math.floor(top / rowHeight) - MARGIN_ROWS);
  return {
    first,
    end: Math.min(items.length, Math.ceil((top + height) / rowHeight) + MARGIN_ROWS),
  };
}

/** Scrolls along by as many rows as the first seen one has moved, unless the list stands at its top. */
function useAnchor(
  box: RefObject<HTMLElement | null>,
  items: readonly Identified[],
  rowHeight: number,
): void {
  const before = useRef(items);
  useLayoutEffect(() => {
    const element = box.current;
    const old = before.current;
    before.current = items;
    if (!element || old === items || element.scrollTop === 0) return;
    const row = Math.floor(element.scrollTop / rowHeight);
    const anchorId = old[row]?.id;
    const moved = items.findIndex((item) => item.id === anchorId) - row;
    if (anchorId !== undefined && moved + row >= 0) element.scrollTop += moved * rowHeight;
  }, [box, items, rowHeight]);
}
