import type { LiveEvent } from "../api/index.js";

/** An event with its place among all that this server told. */
export interface Told {
  readonly id: string;
  readonly event: LiveEvent;
}

/** Where a listener stands: what it has heard. */
export interface Cursor {
  /** What was told since, in order, and moves on; `undefined` if some of it is forgotten. */
  take(): readonly Told[] | undefined;
  /** Skips all that was told so far; gives the id of the last. */
  skip(): string;
}

/** Tells what happens to whoever listens. Remembers the last events, so that a listener can resume. */
export interface LiveHub {
  tell(event: LiveEvent): void;
  /** From now on. */
  start(): Cursor;
  /** From behind the event of this id; `undefined` if what followed it is forgotten, or not of this server. */
  cursor(lastId: string): Cursor | undefined;
  /** Resolves when something is told. */
  news(signal: AbortSignal): Promise<void>;
  /** Nothing that was told can be resumed: some changes went by unseen. */
  forget(): void;
}

const REMEMBERED = 10_000;

/** `epoch` is unique to this start of the server, so that no id of another one's is taken for an own. */
export function createLiveHub(epoch: string, remembered = REMEMBERED): LiveHub {
  const told: LiveEvent[] = [];
  /** The number of `told[0]`. */
  let first = 1;
  let waiting = new Set<() => void>();

  const next = () => first + told.length;
  const idOf = (number: number) => `${epoch}-${number}`;

  const cursorAt = (start: number): Cursor => {
    let at = start;
    return {
      take() {
        if (at < first) return undefined;
        const news = told
          .slice(at - first)
          .map((event, index) => ({ id: idOf(at + index), event }));
        at = next();
        return news;
      },
      skip() {
        at = next();
        return idOf(at - 1);
      },
    };
  };

  return {
    tell(event) {
      told.push(event);
      if (told.length >= 2 * remembered) first += told.splice(0, told.length - remembered).length;
      const woken = waiting;
      waiting = new Set();
      for (const wake of woken) wake();
    },
    start: () => cursorAt(next()),
    cursor(lastId) {
      const number = numberIn(lastId, epoch);
      if (number === undefined || number + 1 < first || number >= next()) return undefined;
      return cursorAt(number + 1);
    },
    news(signal) {
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake);
        if (signal.aborted) wake();
      });
    },
    forget() {
      // A number is left out, so that not even the last event can be resumed from.
      first = next() + 1;
      told.length = 0;
    },
  };
}

function numberIn(id: string, epoch: string): number | undefined {
  const match = /^(.*)-(\d{1,15})$/.exec(id);
  return match?.[1] === epoch ? Number(match[2]) : undefined;
}
