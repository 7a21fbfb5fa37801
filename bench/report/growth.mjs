import { figure } from "../table.mjs";
import { counted, placeOf, tableOf } from "./markdown.mjs";

export function growthSection(growth, s3Scheduler) {
  if (growth === undefined) return "";
  const onCeph = (s3Scheduler?.results ?? [])
    .filter(({ delayMs }) => delayMs === undefined)
    .map(({ pending, due, idle }) => ({
      store: "Ceph gateway",
      count: pending - due,
      ms: idle.ms,
      requests: Object.values(idle.requests).reduce((sum, one) => sum + one, 0),
    }));
  const idle = [...growth.idle, ...onCeph]
    .sort((left, right) => left.store.localeCompare(right.store) || left.count - right.count)
    .map(({ store, count, ms, requests }) => [store, counted(count), figure(ms), figure(requests)]);
  const due = growth.due.map(({ count, ms, cpuUs, peakMb }) => [
    counted(count),
    figure(ms / 1_000),
    figure((count / ms) * 1_000),
    figure(cpuUs),
    figure(peakMb),
  ]);
  return `## As there is more

A sweep while nothing is due:

${tableOf(["store", "pending", "ms", "requests"], idle)}

A sweep of ever more due events, over a store that makes its keys and forgets them, so that what is measured is keywhen alone;
each in a process of its own:

${tableOf(["due", "seconds", "events/s", "CPU, µs an event", "peak memory, MB"], due)}

![The same as bars](images/growth.svg)

${placeOf(growth, ["@aws-sdk/client-s3"])}
`;
}
