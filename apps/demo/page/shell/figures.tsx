import type { Requests } from "@keywhen/core/store";
import type { ComponentChildren } from "preact";
import { latenessOf } from "../arriving/arrivals.js";
import { count, dollars } from "../format/count.js";
import { countdown, span } from "../format/span.js";
import { nowMs } from "../live/page-clock.js";
import { dead, deliveries, demo, waiting } from "../live/page-state.js";

/** The most important figures, in one line. */
export function Figures() {
  const state = demo.value;
  const lateness = latenessOf(deliveries.value);
  return (
    <dl class="figures" aria-label="Figures">
      <Figure
        name="Waiting"
        value={`${count(waiting.value.length)}${state?.counts.waitingIsMore ? "+" : ""}`}
      />
      <Figure name="Next due" value={nextDue()} />
      <Figure name="Delivered" value={count(state?.counts.delivered ?? 0)} />
      <Figure name="Median lateness" value={lateness ? span(lateness.median) : "—"} />
      <Figure
        name="Failed"
        value={`${count(dead.value.length)}${state?.counts.deadIsMore ? "+" : ""}`}
        tone={dead.value.length > 0 ? "bad" : undefined}
      />
      <Figure
        name="Requests"
        value={state ? count(total(state.requests)) : "—"}
        note={state && kinds(state.requests)}
      />
      <Figure
        name="Cost so far"
        value={state?.spending ? dollars(state.spending.dollars) : "—"}
        note={state?.spending?.pricesOf ?? "no price for this store"}
      />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly note?: string | undefined;
  readonly tone?: "bad" | undefined;
}

function Figure({ name, value, note, tone }: FigureProps) {
  return (
    <div class="figure" title={note}>
      <dt>{name}</dt>
      <dd class={tone}>{value}</dd>
      {note && <dd class="unseen">{note}</dd>}
    </div>
  );
}

function nextDue(): string {
  const next = waiting.value.find((event) => event.atMs > nowMs.value);
  return next ? countdown(next.atMs - nowMs.value) : "—";
}

function total(requests: Requests): number {
  return Object.values(requests).reduce((sum, some) => sum + some, 0);
}

function kinds(requests: Requests): string {
  const sent = Object.entries(requests).filter(([, some]) => some > 0);
  return sent.map(([kind, some]) => `${count(some)} ${kind}`).join(", ");
}
