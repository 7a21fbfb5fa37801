import type { ComponentChildren } from "preact";

/** Says that there is nothing, and what to do next. */
export function EmptyState({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{title}</p>
      <div class="muted small">{children}</div>
    </div>
  );
}
