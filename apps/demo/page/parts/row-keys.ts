import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface Identified {
  readonly id: string;
}

const STEPS: Readonly<Record<string, (index: number, page: number, last: number) => number>> = {
  ArrowUp: (index) => index - 1,
  ArrowDown: (index) => index + 1,
  PageUp: (index, page) => index - page,
  PageDown: (index, page) => index + page,
  Home: () => 0,
  End: (_index, _page, last) => last,
};

export interface RowKeys {
  /** The row whose buttons the tab key reaches. */
  readonly activeIndex: number;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocusIn: (event: FocusEvent) => void;
}

/** Moves through the rows of a list with arrow keys. If the row with the focus disappears, the next row gets it, or the panel's title. */
export function useRowKeys(
  box: RefObject<HTMLElement | null>,
  items: readonly Identified[],
  rowHeight: number,
): RowKeys {
  const [activeId, setActiveId] = useState<string>();
  const lastIndex = useRef(0);
  const hasFocus = useRef(false);
  const found = items.findIndex((item) => item.id === activeId);
  const activeIndex = Math.min(
    found < 0 ? lastIndex.current : found,
    Math.max(0, items.length - 1),
  );
  lastIndex.current = activeIndex;

  useLayoutEffect(() => {
    const lostIt = hasFocus.current && document.activeElement === document.body;
    if (lostIt) focusRow(box.current, activeIndex, 0);
  });
  useLayoutEffect(() => {
    const list = box.current;
    const title = list?.closest(".panel")?.querySelector<HTMLElement>("h2");
    return () => {
      if (list?.contains(document.activeElement)) title?.focus(); // without rows, the list is removed
    };
  }, []);
  const moveTo = (index: number, button: number) => {
    const id = items[index]?.id;
    if (id === undefined || !box.current) return;
    setActiveId(id);
    reveal(box.current, index * rowHeight, rowHeight);
    requestAnimationFrame(() => focusRow(box.current, index, button));
  };
  return {
    activeIndex,
    onFocusIn(event) {
      const row = rowOf(event.target);
      hasFocus.current = row !== undefined;
      if (row?.dataset["id"] !== undefined) setActiveId(row.dataset["id"]);
    },
    onKeyDown(event) {
      const row = rowOf(event.target);
      const buttons = buttonsOf(row);
      const button = buttons.indexOf(event.target as HTMLElement);
      const step = STEPS[event.key];
      if (step && items.length > 0) {
        const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / rowHeight) - 1);
        const last = items.length - 1;
        const to = Math.min(last, Math.max(0, step(activeIndex, page, last)));
        event.preventDefault();
        moveTo(row ? to : activeIndex, Math.max(0, button));
      }
      if (event.key === "ArrowRight") buttons[button + 1]?.focus();
      if (event.key === "ArrowLeft") buttons[button - 1]?.focus();
    },
  };
}

function rowOf(target: EventTarget | null): HTMLElement | undefined {
  return target instanceof Element
    ? (target.closest<HTMLElement>("[data-row]") ?? undefined)
    : undefined;
}

function buttonsOf(row: HTMLElement | undefined): HTMLElement[] {
  return [...(row?.querySelectorAll<HTMLElement>("button") ?? [])];
}

function focusRow(box: HTMLElement | null, index: number, button: number): void {
  const row = box?.querySelector<HTMLElement>(`[data-row="${index}"]`);
  const buttons = buttonsOf(row ?? undefined);
  (buttons[button] ?? buttons[0])?.focus({ preventScroll: true });
}

function reveal(box: HTMLElement, top: number, height: number): void {
  if (top < box.scrollTop) box.scrollTop = top;
  const bottom = top + height - box.clientHeight;
  if (bottom > box.scrollTop) box.scrollTop = bottom;
}
