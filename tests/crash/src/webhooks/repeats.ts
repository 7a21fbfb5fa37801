/** A webhook as a receiver wrote it down. */
export interface Received {
  readonly atMs: number;
  /** `undefined`: its answer was not sent. */
  readonly answeredMs: number | undefined;
  readonly sweeper: string;
  readonly receiver: string;
}

/** A process that was killed, and when it had ended. */
export interface Kill {
  readonly name: string;
  readonly atMs: number;
}

/** What the kernel still had to send of a receiver's answers when the receiver was killed. */
const UNSENT_MS = 1_000;

/**
 * Whether each webhook of an event but the last had to be repeated: its receiver was killed before its answer arrived, or its sweeper
 * was killed before it had deleted the event. Webhooks are in their order.
 */
export function areExplained(webhooks: readonly Received[], kills: readonly Kill[]): boolean {
  return webhooks.slice(0, -1).every((webhook, index) => {
    const nextMs = webhooks[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const { atMs, answeredMs = Number.POSITIVE_INFINITY, receiver, sweeper } = webhook;
    const wasKilled = (name: string, untilMs: number) =>
      kills.some((kill) => kill.name === name && kill.atMs >= atMs && kill.atMs <= untilMs);
    return (
      wasKilled(receiver, Math.min(nextMs, answeredMs + UNSENT_MS)) || wasKilled(sweeper, nextMs)
    );
  });
}
