import type { ObjectStore, RequestOptions } from "@keywhen/core/store";
import type { Fault } from "./fault.js";

const TELLING = { capabilities: { clock: "store" } } as const;
const HOUR_MS = 3_600_000;

export const clockFaults: readonly Fault[] = [
  {
    fault: "never reports the time that it declares",
    breaks: ({ capabilities }) => ({ capabilities: { ...capabilities, clock: "store" } }),
  },
  {
    fault: "reports no time with errors",
    options: TELLING,
    breaks: (store) => ({
      put: (ref, body, options) => onSuccess(options, (call) => store.put(ref, body, call)),
    }),
  },
  {
    fault: "reports no time with a missing object",
    options: TELLING,
    breaks: (store) => ({
      head: async (ref, call) => {
        const isThere = (await store.head(ref)) !== undefined;
        return store.head(ref, isThere ? call : undefined);
      },
    }),
  },
  {
    fault: "reports a time that is an hour off",
    options: { ...TELLING, clock: { now: () => Date.now() - HOUR_MS } },
    breaks: () => ({}),
  },
  {
    fault: "reports a time though it declares none",
    options: TELLING,
    breaks: ({ capabilities }) => ({ capabilities: { ...capabilities, clock: "none" } }),
  },
  {
    fault: "stamps objects with 1970",
    options: { clock: { now: () => 0 } },
    breaks: () => ({}),
  },
  {
    fault: "keeps the source's time on a copy",
    breaks: keepingTime,
  },
];

async function onSuccess<Options extends RequestOptions, Result>(
  options: Options | undefined,
  act: (options: Options | undefined) => Promise<Result>,
): Promise<Result> {
  const told: Date[] = [];
  const result = await act(options && { ...options, onDate: (time) => told.push(time) });
  for (const time of told) options?.onDate?.(time);
  return result;
}

function keepingTime(store: ObjectStore): Partial<ObjectStore> {
  return {
    head: async (ref, call) => {
      const info = await store.head(ref, call);
      const isCopy = ref.key.endsWith("copy");
      return info && { ...info, lastModified: isCopy ? new Date(0) : info.lastModified };
    },
  };
}
