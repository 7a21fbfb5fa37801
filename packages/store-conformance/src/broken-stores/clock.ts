import type { RequestOptions } from "@keywhen/core/store";
import { declaring, type Faults, given, heading, putting } from "./fault.js";

const REPORTING = { capabilities: { clock: "store" } } as const;
const HOUR_MS = 3_600_000;

export const clockFaults: Faults = {
  "never reports the time that it declares": declaring({ clock: "store" }),
  "reports no time with errors": given(
    REPORTING,
    putting((store, ref, body, options) =>
      onSuccess(options, (call) => store.put(ref, body, call)),
    ),
  ),
  "reports no time with a missing object": given(
    REPORTING,
    heading(async (store, ref, call) => {
      const isThere = (await store.head(ref)) !== undefined;
      return store.head(ref, isThere ? call : undefined);
    }),
  ),
  "reports a time that is an hour off": given(
    { ...REPORTING, clock: { now: () => Date.now() - HOUR_MS } },
    () => ({}),
  ),
  "reports a time though it declares none": given(REPORTING, declaring({ clock: "none" })),
  "stamps objects with 1970": given({ clock: { now: () => 0 } }, () => ({})),
  "keeps the source's time on a copy": heading(async (store, ref, call) => {
    const info = await store.head(ref, call);
    const isCopy = ref.key.endsWith("copy");
    return info && { ...info, lastModified: isCopy ? new Date(0) : info.lastModified };
  }),
};

async function onSuccess<Options extends RequestOptions, Result>(
  options: Options | undefined,
  act: (options: Options | undefined) => Promise<Result>,
): Promise<Result> {
  const reported: Date[] = [];
  const result = await act(options && { ...options, onDate: (time) => reported.push(time) });
  for (const time of reported) options?.onDate?.(time);
  return result;
}
