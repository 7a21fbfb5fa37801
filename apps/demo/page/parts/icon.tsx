const PATHS = {
  cancel: "M4 4l8 8M12 4l-8 8",
  reschedule: "M8 4.5V8l2.5 1.5M2.5 8a5.5 5.5 0 1 0 1.8-4.1M2.2 2v2.6h2.6",
  redrive: "M2.5 8a5.5 5.5 0 1 1 1.8 4.1M2.2 14v-2.6h2.6",
  purge: "M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  earlier: "M10 3.5L5.5 8l4.5 4.5",
  later: "M6 3.5l4.5 4.5L6 12.5",
} as const;

/** A drawing in a button. The button has a label in words. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
