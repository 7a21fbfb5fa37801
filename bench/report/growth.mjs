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
  return `## Growth

A sweep with nothing due:

${tableOf(["store", "pending", "ms", "requests"], idle)}

Sweeps of more and more due events, each in a new process, over a store that generates its keys and stores nothing, so that only keywhen is
measured:

${tableOf(["due", "seconds", "events/s", "CPU, µs an event", "peak memory, MB"], due)}

![Bar chart of this table](images/growth.svg)

${placeOf(growth, ["@aws-sdk/client-s3"])}
`;
}
