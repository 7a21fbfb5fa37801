import { figure } from "../table.mjs";
import { counted, placeOf, tableOf } from "./markdown.mjs";

export function bareSection(bare, batch) {
  if (bare === undefined) return "";
  const { size, concurrency, results } = bare;
  const rows = results.map((one) => [
    one.name,
    figure(one.barePerSecond),
    figure(one.sweepPerSecond),
    one.ratio.toFixed(2),
    figure(one.bareCpuUs),
    figure(one.sweepCpuUs),
  ]);
  const head = ["", "bare loop/s", "sweep/s", "ratio", "CPU bare, µs", "CPU sweep, µs"];
  return `## Comparison with a bare loop of the same client

The bare loop copies with the client's own copy call and deletes the same keys in batches: the minimum of requests,
without checks and without a lease. ${counted(size.due)} due events of 256 bytes, ${concurrency} copies in flight, ${size.rounds} pairs; CPU is that of
this process for each event.

${tableOf(head, rows)}

![Bar chart of this table](images/bare.svg)

${batchOf(batch)}${placeOf(bare, ["@aws-sdk/client-s3", "minio", "@azure/storage-blob"])}
`;
}

function batchOf(batch) {
  if (batch === undefined) return "";
  const [bare, ours] = batch.rows;
  return `\`scheduleMany\` of ${counted(batch.size.events)} events on the Ceph gateway stored ${figure(ours.perSecond)} a second, a loop of bare puts
${figure(bare.perSecond)} (ratio ${batch.ratio.toFixed(2)}), with ${figure(ours.cpuUs)} µs of CPU an event against ${figure(bare.cpuUs)}.

`;
}
