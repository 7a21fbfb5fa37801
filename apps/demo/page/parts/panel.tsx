import type { ComponentChildren } from "preact";

interface Props {
  readonly id: string;
  readonly title: string;
  /** After the title: a number. */
  readonly aside?: ComponentChildren;
  /** At the end of the title's line. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of the page with a title, a region for screen readers. */
export function Panel({ id, title, aside, actions, children }: Props) {
  return (
    <section class={`panel ${id}`} id={id} aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`} tabIndex={-1}>
          {title}
        </h2>
        <span class="panel-aside muted small">{aside}</span>
        <span class="panel-actions">{actions}</span>
      </header>
      {children}
    </section>
  );
}

/** Says that a list is empty, and what to do next. */
export function EmptyState({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{title}</p>
      <div class="muted small">{children}</div>
    </div>
  );
}
