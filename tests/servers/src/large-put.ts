import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MEBIBYTE } from "./many-bytes.js";

export interface LargePutStore {
  put(
    ref: { readonly bucket: string; readonly key: string },
    body: Uint8Array | ReadableStream<Uint8Array>,
    options?: { readonly size?: number | undefined },
  ): Promise<{ readonly outcome: string }>;
}

/**
 * Puts a stream and returns how many mebibytes more than before this process held at most. The stream repeats one chunk, so
 * that only the store is measured. Garbage doesn't count, nor do the pages that Node keeps for its next buffers: they
 * differ from run to run by 50 MiB.
 */
export async function measureLargePut(
  store: LargePutStore,
  { mebibytes, isKnown }: { readonly mebibytes: number; readonly isKnown: boolean },
): Promise<{ outcome: string; heldMiB: number }> {
  const chunk = new Uint8Array(MEBIBYTE);
  let left = mebibytes;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      left -= 1;
      if (left < 0) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const collectGarbage = garbageCollector();
  const heldBytes = () => {
    collectGarbage();
    collectGarbage(); // Node frees the buffers of one collection while it goes on, and by the next at the latest
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = heldBytes();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, heldBytes());
  }, 10);
  const size = isKnown ? mebibytes * MEBIBYTE : undefined;
  const { outcome } = await store.put({ bucket: "b", key: "large" }, body, { size });
  clearInterval(watch);
  return { outcome, heldMiB: Math.round((most - before) / MEBIBYTE) };
}

function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("this Node has no garbage collector to call");
  return () => void collect();
}
