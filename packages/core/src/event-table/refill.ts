import type { DueEvent } from "./due-event.js";
import type { EventStates } from "./event-states.js";
import type { Lane } from "./lane.js";
import type { Lanes } from "./lanes.js";

interface TableParts {
  readonly states: EventStates;
  readonly lanes: Lanes;
  admit(event: DueEvent, nowMs: number): boolean;
}

/**
 * Lists again what lanes have left in the schedule, one page at a time and up to where the listing of everything has come, and
 * admits it as far as they have room. Pure and synchronous.
 */
export class Refill {
  readonly #table: TableParts;
  #lanes: readonly Lane[] = [];
  #throughKey = "";

  constructor(table: TableParts) {
    this.#table = table;
  }

  /** A lane has room again for what it left. */
  get isWorthIt(): boolean {
    const { lanes, states } = this.#table;
    return lanes.worthRefilling(states.listedThroughKey).length > 0;
  }

  /** Returns the key after which the page starts. */
  start(): string {
    const { lanes, states } = this.#table;
    this.#throughKey = states.listedThroughKey;
    this.#lanes = lanes.worthRefilling(this.#throughKey);
    states.startRefill();
    const [first = ""] = this.#lanes.map(({ left }) => left.startRefill()).sort();
    return first;
  }

  /** Admits an event of the page if it was left. */
  admit(event: DueEvent, nowMs: number): void {
    if (event.key > this.#throughKey) return; // the listing of everything meets it
    const lane = this.#table.lanes.of(event.to.bucket);
    if (lane?.left.isRefilled(event)) this.#table.admit(event, nowMs);
  }

  /** `reachedKey`: the last key of the page; `undefined` if nothing follows it. */
  end(reachedKey: string | undefined): void {
    const isWhole = reachedKey === undefined || reachedKey >= this.#throughKey;
    for (const { left } of this.#lanes) left.endRefill(isWhole ? undefined : reachedKey);
    this.#table.states.endRefill(this.#throughKey);
  }
}
