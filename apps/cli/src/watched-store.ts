import { type ObjectStore, type StoreRequest, wrapStore } from "@keywhen/core/store";
import { showBytes } from "./output/show-size.js";

/** Returns a store that reports each request when it is answered: `put bucket/key  13 B  41 ms`. */
export function watchedStore(store: ObjectStore, report: (line: string) => void): ObjectStore {
  return wrapStore(store, async (request, call, send) => {
    const startedMs = performance.now();
    const reportEnd = (end: string) =>
      report(`${showRequest(request)}  ${Math.round(performance.now() - startedMs)} ms${end}`);
    try {
      const answer = await send(call);
      reportEnd("");
      return answer;
    } catch (error) {
      reportEnd(`  ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  });
}

function showRequest({ kind, bucket, key, sizeBytes }: StoreRequest): string {
  const place = key === undefined ? bucket : `${bucket}/${key}`;
  return sizeBytes === undefined ? `${kind} ${place}` : `${kind} ${place}  ${showBytes(sizeBytes)}`;
}
