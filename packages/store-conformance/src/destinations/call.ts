import type {
  DestinationEvent,
  DestinationResult,
  OpenEvent,
  OpenedEvent,
} from "@keywhen/core/destination";
import type { OpenedDestination } from "./opened-destination.js";

const DUE_AT = new Date("2026-12-24T08:00:00.000Z");

/** An event of a schedule, and how it is opened. */
export interface TestEvent {
  readonly event: DestinationEvent;
  readonly open: OpenEvent;
}

interface TestEventOptions extends Partial<Pick<OpenedEvent, "contentType" | "metadata">> {
  readonly key?: string | undefined;
  readonly deliveryId?: string | undefined;
  readonly isHandWritten?: boolean | undefined;
  readonly mayBeRepeat?: boolean | undefined;
  readonly chunks?: readonly Uint8Array[] | undefined;
  /** The body ends with this error after its chunks. */
  readonly breaksOff?: Error | undefined;
}

export function testEvent(options: TestEventOptions = {}): TestEvent {
  const { key = "42.json", deliveryId = "id-42", chunks = [], mayBeRepeat = false } = options;
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  const event = {
    id: `${DUE_AT.toISOString()}|mail|${key}${options.isHandWritten ? "" : `|${deliveryId}`}`,
    deliveryId: options.isHandWritten ? undefined : deliveryId,
    dueAt: DUE_AT,
    expiresAt: undefined,
    destination: "mail",
    key,
    size: options.breaksOff === undefined ? size : size + 1_000,
    mayBeRepeat,
  };
  const open = async () => ({
    size: event.size,
    contentType: options.contentType,
    contentEncoding: undefined,
    cacheControl: undefined,
    metadata: options.metadata ?? {},
    body: streamOf(chunks, options.breaksOff),
  });
  return { event, open };
}

function streamOf(chunks: readonly Uint8Array[], breaksOff?: Error): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk !== undefined) controller.enqueue(chunk);
      else if (breaksOff === undefined) controller.close();
      else controller.error(breaksOff);
    },
  });
}

/** Calls the destination as a sweep does: what it throws is a failed try. */
export async function call(
  { destination }: Pick<OpenedDestination, "destination">,
  { event, open }: TestEvent,
  signal: AbortSignal = new AbortController().signal,
): Promise<DestinationResult> {
  try {
    return await destination.deliver(event, open, signal);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: "failed", message, cause: error, undecided: true };
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
