import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Additional rows above and below, so that fast scrolling shows no gaps. */
const MARGIN_ROWS = 6;

interface Identified {
  readonly id: string;
}

export interface RowWindow {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** Returns the rows to draw. Visible rows keep their place when rows above are added or removed. */
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

/** Scrolls by the number of rows that the first visible row has moved, unless the list is at its top. */
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
