import type { LiveEvent } from "../api/state.js";

type Of<T extends LiveEvent["type"]> = Extract<LiveEvent, { readonly type: T }>;

/** Listens to a demo as the page does. */
export interface Listener extends AsyncDisposable {
  /** All events so far. */
  readonly heard: readonly LiveEvent[];
  readonly lastId: string | undefined;
  /** Returns the first event of this kind that `matches`, received already or later. */
  until<T extends LiveEvent["type"]>(type: T, matches?: (event: Of<T>) => boolean): Promise<Of<T>>;
}

export function listen(url: string, lastIdGiven: string | undefined): Listener {
  const heard: LiveEvent[] = [];
  let lastId: string | undefined;
  let wake = () => {};
  const leaving = new AbortController();
  const headers = lastIdGiven === undefined ? {} : { "last-event-id": lastIdGiven };

  const read = async () => {
    const answer = await fetch(url, { headers, signal: leaving.signal });
    let text = "";
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString("utf8");
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) take(message);
      wake();
    }
  };
  const take = (message: string) => {
    lastId = /^id: (.*)$/m.exec(message)?.[1] ?? lastId;
    const data = /^data: (.*)$/m.exec(message)?.[1];
    if (data !== undefined) heard.push(JSON.parse(data));
  };
  const reading = read().catch((error: unknown) => {
    if (!leaving.signal.aborted && !isBrokenOff(error)) throw error;
  });

  return {
    heard,
    get lastId() {
      return lastId;
    },
    async until<T extends LiveEvent["type"]>(
      type: T,
      matches: (event: Of<T>) => boolean = () => true,
    ) {
      const isSought = (event: LiveEvent): event is Of<T> =>
        event.type === type && matches(event as Of<T>);
      for (;;) {
        const found = heard.find(isSought);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await reading;
    },
  };
}

/** The server has ended. */
function isBrokenOff(error: unknown): boolean {
  return error instanceof TypeError;
}
