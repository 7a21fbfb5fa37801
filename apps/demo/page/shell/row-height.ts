import { signal } from "@preact/signals";

const WIDE = 34;
const NARROW = 54;
const narrow = window.matchMedia("(max-width: 640px)");

/** Pixels of a row in a list: on small screens it has two lines. */
export const rowHeight = signal(narrow.matches ? NARROW : WIDE);

narrow.addEventListener("change", () => {
  rowHeight.value = narrow.matches ? NARROW : WIDE;
});
