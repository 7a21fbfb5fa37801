import { signal } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useRef } from "preact/hooks";
import { useRowKeys } from "./row-keys.js";
import { useRowWindow } from "./row-window.js";

const HEIGHT = { wide: 34, narrow: 54 };
const narrow = window.matchMedia("(max-width: 640px)");
const heightNow = () => (narrow.matches ? HEIGHT.narrow : HEIGHT.wide);

/** The height of a row in pixels: on small screens it has two lines. */
export const rowHeight = signal(heightNow());
narrow.addEventListener("change", () => {
  rowHeight.value = heightNow();
});

interface Props<T> {
  readonly label: string;
  readonly items: readonly T[];
  /** `tabIndex` is for its buttons. */
  readonly row: (item: T, tabIndex: 0 | -1) => ComponentChildren;
  readonly rowClass?: (item: T) => string | undefined;
  /** For scrolling the list. */
  readonly box?: RefObject<HTMLElement | null>;
}

/** A list of any length. Only its visible rows and the row with the focus are in the document. */
export function WindowedList<T extends { readonly id: string }>(props: Props<T>) {
  const { label, items } = props;
  const height = rowHeight.value;
  const own = useRef<HTMLElement>(null);
  const box = props.box ?? own;
  const { first, end } = useRowWindow(box, items, height);
  const keys = useRowKeys(box, items, height);
  return (
    <section
      ref={box}
      class="windowed"
      aria-label={label}
      tabIndex={items.length > 0 ? 0 : -1}
      onKeyDown={keys.onKeyDown}
      onFocusIn={keys.onFocusIn}
    >
      <ul class="windowed-rows" style={{ height: `${items.length * height}px` }}>
        {indexes(first, end, keys.activeIndex, items.length).map((index) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <li
              key={item.id}
              class={`row ${props.rowClass?.(item) ?? ""}`}
              data-id={item.id}
              data-row={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${index * height}px)`, height: `${height}px` }}
            >
              {props.row(item, index === keys.activeIndex ? 0 : -1)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function indexes(first: number, end: number, active: number, length: number): number[] {
  const shown = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset);
  if (active < first) return [active, ...shown];
  return active >= end && active < length ? [...shown, active] : shown;
}
