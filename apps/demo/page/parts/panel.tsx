import type { ComponentChildren } from "preact";

interface Props {
  readonly id: string;
  readonly title: string;
  /** Beside the title: a figure, a state. */
  readonly aside?: ComponentChildren;
  /** At the end of the title's line: buttons, a search. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A titled part of the page, which readers find as a region. */
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
