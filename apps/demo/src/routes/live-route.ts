import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { LiveEvent } from "../api/index.js";
import type { Demo } from "../demo.js";
import type { Cursor, LiveHub, Told } from "../live/live-hub.js";

const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it connects again. */
const RETRY_MS = 1_000;

/** `GET /api/live`: what happens, as server-sent events, until the listener or the server leaves. */
export function sendLive(demo: Demo, ending: AbortSignal) {
  return (c: Context): Response =>
    streamSSE(c, async (stream) => {
      const leaving = new AbortController();
      stream.onAbort(() => leaving.abort());
      await stream.write(`retry: ${RETRY_MS}\n\n`);
      await demo.lookOut.refresh(); // so that nobody begins with what is old
      const release = demo.lookOut.attend();
      try {
        const signal = AbortSignal.any([leaving.signal, ending]);
        await tellAll(demo, stream, c.req.header("last-event-id"), signal);
      } finally {
        release();
      }
    });
}

async function tellAll(
  { hub, state }: Demo,
  stream: SSEStreamingApi,
  lastId: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  /** Where things stand; with what the listener knew being worth nothing, if it knew something. */
  const begin = (cursor: Cursor, knewSomething: boolean) => {
    const id = cursor.skip();
    const events: LiveEvent[] = [{ type: "state", state: state() }];
    if (knewSomething) events.unshift({ type: "reset" });
    return stream.write(events.map((event) => write({ id, event })).join(""));
  };
  const resumed = lastId === undefined ? undefined : hub.cursor(lastId);
  const cursor = resumed ?? hub.start();
  if (resumed === undefined) await begin(cursor, lastId !== undefined);
  while (!signal.aborted) {
    const news = cursor.take();
    if (news === undefined) await begin(cursor, true);
    else if (news.length > 0) await stream.write(news.map(write).join(""));
    else if (await isQuiet(hub, signal)) await stream.write(": still here\n\n");
  }
}

function write({ id, event }: Told): string {
  return `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Waits for news; true if there was none for so long that a proxy might close the connection. */
async function isQuiet(hub: LiveHub, signal: AbortSignal): Promise<boolean> {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), HEARTBEAT_MS);
  await hub.news(AbortSignal.any([signal, timer.signal]));
  clearTimeout(timeout);
  return timer.signal.aborted && !signal.aborted;
}
