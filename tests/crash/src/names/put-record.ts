/** A put as its caller wrote it down, and what became of it. */
export interface PutRecord {
  /** What its event carries. */
  readonly content: string;
  readonly beganMs: number;
  /** When it was answered, or its process was killed. */
  readonly endedMs: number;
  /** `undefined`: undecided, failed or killed, so it may have taken effect or not. */
  readonly put: { readonly id: string; readonly replaced: string | undefined } | undefined;
}

/** What waits under the name when all callers have ended. */
export interface WaitingEvent {
  readonly id: string;
  readonly content: string;
}

/** What does not hold of one order of all puts in which each takes effect between its beginning and its end. */
export function problemsOf(
  puts: readonly PutRecord[],
  waiting: readonly WaitingEvent[],
): readonly string[] {
  return [
    ...(waiting.length === 1 ? [] : [`${waiting.length} events wait`]),
    ...waiting.flatMap((event) => outlived(puts, event)),
    ...replacedTwice(puts),
    ...replacedBefore(puts),
    ...cameBack(puts, waiting),
  ];
}

/** The content of a put that another one must have replaced: it began when this one had ended. */
function outlived(puts: readonly PutRecord[], { content }: WaitingEvent): string[] {
  const own = puts.find((put) => put.content === content);
  if (own === undefined) return [`${content} waits, which was never put`];
  const later = puts.find(({ put, beganMs }) => put !== undefined && beganMs > own.endedMs);
  return later === undefined ? [] : [`${content} waits, but ${later.content} was put after it`];
}

function replacedTwice(puts: readonly PutRecord[]): string[] {
  const replaced = puts.flatMap(({ put }) => put?.replaced ?? []);
  const twice = replaced.filter((id, index) => replaced.indexOf(id) !== index);
  return twice.map((id) => `${id} was replaced by two puts`);
}

/** A put can't replace the event of one that began when it had ended. */
function replacedBefore(puts: readonly PutRecord[]): string[] {
  const byId = new Map(puts.flatMap((record) => (record.put ? [[record.put.id, record]] : [])));
  return puts.flatMap(({ content, endedMs, put }) => {
    const old = byId.get(put?.replaced ?? "");
    const isWrong = old !== undefined && old.beganMs > endedMs;
    return isWrong ? [`${content} replaced ${old.content}, which began later`] : [];
  });
}

function cameBack(puts: readonly PutRecord[], waiting: readonly WaitingEvent[]): string[] {
  const replaced = new Set(puts.map(({ put }) => put?.replaced));
  return waiting.filter(({ id }) => replaced.has(id)).map(({ id }) => `${id} was replaced`);
}
