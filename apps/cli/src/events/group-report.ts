import type { ScheduledEvent } from "@keywhen/core";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { type Outcome, type Problem, printOutcome } from "../outcome.js";
import type { Output } from "../output/output.js";
import { createProgress, type Progress } from "../output/progress.js";
import { showCount } from "../output/show-size.js";
import type { Session } from "../session.js";
import { searchProgress } from "./search-progress.js";

export type ApiOutcome = Pick<Outcome["json"], "outcome">;

/** What became of one event: an outcome of the API, or an error. */
export type EventResult<Result> =
  | (Result & { readonly event: ScheduledEvent })
  | { readonly outcome: "failed"; readonly event: ScheduledEvent; readonly error: unknown };

export interface GroupWording<Result extends ApiOutcome> {
  /** The verb of the totals, and of those of `--dry-run`: Cancelled, Would cancel. */
  readonly verbs: readonly [done: string, wouldDo: string];
  readonly outcomes: readonly Result["outcome"][];
  /** Why an event was not certainly changed. */
  readonly problemOf: (id: string, result: Result) => Problem | undefined;
  /** What `-q` prints of it. */
  readonly quietOf?: (result: Result) => string | undefined;
}

interface Wording<Result extends ApiOutcome> extends GroupWording<Result> {
  /** How the group is called. */
  readonly name: string;
  readonly dryRun: boolean;
}

/** Prints what becomes of the events of a group: problems as they come, the totals at the end. */
export class GroupReport<Result extends ApiOutcome> {
  /** Aborts on Ctrl-C, and if the store refuses, because the next event would fail too. */
  readonly signal: AbortSignal;
  readonly onProgress: (search: { readonly read: number; readonly found: number }) => void;
  readonly #output: Output;
  readonly #interruption: AbortSignal;
  readonly #refusal = new AbortController();
  readonly #wording: Wording<Result>;
  readonly #progress: Progress;
  readonly #totals: Map<string, number>;
  #done = 0;
  #failure: ExitCode | undefined;

  constructor(session: Session, wording: Wording<Result>) {
    this.#output = session.output;
    this.#interruption = session.interruption();
    this.signal = AbortSignal.any([this.#interruption, this.#refusal.signal]);
    this.#wording = wording;
    this.#progress = createProgress(session.output);
    this.#totals = new Map([...wording.outcomes, "failed"].map((outcome) => [outcome, 0]));
    const doneSoFar = () => `, ${this.#verb.toLowerCase()} ${showCount(this.#done)}`;
    this.onProgress = searchProgress(this.#progress, doneSoFar);
  }

  /** Nothing was found, and the search has not failed. */
  get isEmpty(): boolean {
    return this.#total === 0 && this.#failure === undefined && !this.signal.aborted;
  }

  async add(result: EventResult<Result>): Promise<void> {
    const { outcome } = result;
    this.#totals.set(outcome, (this.#totals.get(outcome) ?? 0) + 1);
    if (isFailed(result)) this.#fail(result.error);
    else await this.#print(result);
  }

  /** The search has failed. */
  endEarly(cause: unknown): void {
    this.#fail(cause);
  }

  close(): void {
    this.#progress.clear();
  }

  async end(): Promise<ExitCode> {
    const total = this.#total;
    const all = countEvents(total);
    const part = this.#done === total ? all : `${showCount(this.#done)} of ${all}`;
    await this.#output.printDone({
      json: { totals: Object.fromEntries(this.#totals) },
      text: `${this.#verb} ${part} ${this.#wording.name}.`,
    });
    if (this.#interruption.aborted) {
      this.#output.failure({ code: "aborted", message: "interrupted." });
      return EXIT.interrupted;
    }
    if (this.#failure === undefined) return EXIT.done;
    return this.#done > 0 ? EXIT.partly : this.#failure;
  }

  get #total(): number {
    return [...this.#totals.values()].reduce((sum, count) => sum + count, 0);
  }

  get #verb(): string {
    const [done, wouldDo] = this.#wording.verbs;
    return this.#wording.dryRun ? wouldDo : done;
  }

  async #print({ event, ...result }: Result & { readonly event: ScheduledEvent }): Promise<void> {
    const { dryRun, problemOf, quietOf } = this.#wording;
    const changed = result as unknown as Result;
    const problem = problemOf(event.id, changed);
    if (problem !== undefined) this.close();
    const { outcome } = changed;
    const json = { id: event.id, ...result, outcome, ...(dryRun && { dryRun }) };
    const quiet = quietOf?.(changed);
    const code = await printOutcome(this.#output, { json, text: [], quiet, problem });
    if (code === EXIT.done) this.#done += 1;
    else this.#failure ??= code;
  }

  /** Prints nothing of requests that were ended because of an earlier failure. */
  #fail(error: unknown): void {
    if (this.signal.aborted) return;
    this.close();
    const code = this.#output.error(error);
    this.#failure ??= code;
    if (code !== EXIT.usage) this.#refusal.abort();
  }
}

function isFailed(result: {
  readonly outcome: string;
}): result is Extract<EventResult<never>, { readonly outcome: "failed" }> {
  return result.outcome === "failed";
}

/** `1 event`, `1,204 events`. */
export function countEvents(count: number): string {
  return `${showCount(count)} ${count === 1 ? "event" : "events"}`;
}
