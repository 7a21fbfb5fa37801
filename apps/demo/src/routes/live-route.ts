import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { LiveEvent } from "../api/state.js";
import type { Cursor, LiveHub, Sent } from "../live/live-hub.js";
import type { Demo } from "../open-demo.js";

const HEARTBEAT_MS = 15_000;
/** The pause before a browser connects again. */
const RETRY_MS = 1_000;

/** `GET /api/live`: server-sent events until the listener disconnects or the server ends. */
export function sendLive(demo: Demo, ending: AbortSignal) {
  return (c: Context): Response =>
    streamSSE(c, async (stream) => {
      const leaving = new AbortController();
      stream.onAbort(() => leaving.abort());
      await stream.write(`retry: ${RETRY_MS}\n\n`);
      await demo.lookOut.refresh(); // the first state must be fresh
      const release = demo.lookOut.attend();
      try {
        const signal = AbortSignal.any([leaving.signal, ending]);
        await sendAll(demo, stream, c.req.header("last-event-id"), signal);
      } finally {
        release();
      }
    });
}

async function sendAll(
  { hub, state }: Demo,
  stream: SSEStreamingApi,
  lastId: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  /** Sends the state, after a reset for a listener that has an older state. */
  const begin = (cursor: Cursor, isReset: boolean) => {
    const id = cursor.skip();
    const events: LiveEvent[] = [{ type: "state", state: state() }];
    if (isReset) events.unshift({ type: "reset" });
    return stream.write(events.map((event) => write({ id, event })).join(""));
  };
  const resumed = lastId === undefined ? undefined : hub.cursor(lastId);
  const cursor = resumed ?? hub.start();
  if (resumed === undefined) await begin(cursor, lastId !== undefined);
  while (!signal.aborted) {
    const news = cursor.take();
    if (news === undefined) await begin(cursor, true);
    else if (news.length > 0) await stream.write(news.map(write).join(""));
    else if (await isQuiet(hub, signal)) await stream.write(": heartbeat\n\n");
  }
}

function write({ id, event }: Sent): string {
  return `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Waits for news. Returns true after a silence in which a proxy might close the connection. */
async function isQuiet(hub: LiveHub, signal: AbortSignal): Promise<boolean> {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), HEARTBEAT_MS);
  await hub.news(AbortSignal.any([signal, timer.signal]));
  clearTimeout(timeout);
  return timer.signal.aborted && !signal.aborted;
}
