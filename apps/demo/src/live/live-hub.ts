import type { LiveEvent } from "../api/state.js";

/** A sent event, with its number. */
export interface Sent {
  readonly id: string;
  readonly event: LiveEvent;
}

/** The position of a listener. */
export interface Cursor {
  /** Returns the events since the last call, in order; `undefined` if some of them are forgotten. */
  take(): readonly Sent[] | undefined;
  /** Skips all events so far and returns the id of the last. */
  skip(): string;
}

/** Sends events to listeners. Remembers the last events, so that a listener can resume. */
export interface LiveHub {
  send(event: LiveEvent): void;
  /** Starts with the next event. */
  start(): Cursor;
  /** Continues after this event; `undefined` if the events after it are forgotten, or it is from another start. */
  cursor(lastId: string): Cursor | undefined;
  /** Resolves when an event is sent. */
  news(signal: AbortSignal): Promise<void>;
  /** Makes it impossible to resume, because some changes were not noticed. */
  forget(): void;
}

const REMEMBERED = 10_000;

/** `epoch` distinguishes this start of the server, so that ids of an earlier start are not resumed. */
export function createLiveHub(epoch: string, remembered = REMEMBERED): LiveHub {
  const sent: LiveEvent[] = [];
  /** The number of `sent[0]`. */
  let first = 1;
  let waiting = new Set<() => void>();

  const next = () => first + sent.length;
  const idOf = (number: number) => `${epoch}-${number}`;

  const cursorAt = (start: number): Cursor => {
    let at = start;
    return {
      take() {
        if (at < first) return undefined;
        const news = sent
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
    send(event) {
      sent.push(event);
      if (sent.length >= 2 * remembered) first += sent.splice(0, sent.length - remembered).length;
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
      // Skips a number, so that no listener can resume, not even after the last event.
      first = next() + 1;
      sent.length = 0;
    },
  };
}

function numberIn(id: string, epoch: string): number | undefined {
  const match = /^(.*)-(\d{1,15})$/.exec(id);
  return match?.[1] === epoch ? Number(match[2]) : undefined;
}
