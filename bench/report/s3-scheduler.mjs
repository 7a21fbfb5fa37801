import { requestDollars } from "@keywhen/host/cost";
import { figure } from "../table.mjs";
import { counted, placeOf, tableOf } from "./markdown.mjs";

const SWEEPS_A_MONTH = 43_800; // of 730 hours, as AWS calculates

export function s3SchedulerSection(result) {
  if (result === undefined) return "";
  const rows = result.results.flatMap(({ pending, due, delayMs, s3Scheduler, keywhen }) => {
    const far = delayMs === undefined ? "" : `, ${delayMs} ms away`;
    return [
      rowOf(`the algorithm of 2018${far}`, pending, due, s3Scheduler, s3Scheduler),
      rowOf(`keywhen${far}`, pending, due, keywhen, s3Scheduler),
    ];
  });
  const head = [
    "",
    "due",
    "pending",
    "seconds",
    "LIST",
    "COPY",
    "DELETE",
    "dollars",
    "times as fast",
  ];
  return `## Comparison with the algorithm of 2018

The Python package s3-scheduler lists everything each minute, then copies and deletes due objects one by one. This is its algorithm in JavaScript
with the same SDK client as keywhen, on a Ceph gateway that copies at most about 600 objects a second on this machine. The last two rows delay
each request, as if the gateway were as far away as a bucket:

${tableOf(head, rows)}

![Bar chart of this table](images/s3-scheduler.svg)

Lists without due events, once a minute for a month, cost ${result.results
    .filter(({ delayMs }) => delayMs === undefined)
    .map(lookingOf)
    .join("; ")}. Prices are those of
\`keywhen cost\`: S3 Standard in us-east-1, with free DELETEs.

${placeOf(result, ["@aws-sdk/client-s3"])}
`;
}

function rowOf(name, pending, due, { seconds, requests }, s3Scheduler) {
  return [
    name,
    counted(due),
    counted(pending),
    figure(seconds),
    counted(requests.list),
    counted(requests.copy),
    counted(requests.delete),
    figure(requestDollars(requests)),
    (s3Scheduler.seconds / seconds).toFixed(1),
  ];
}

function lookingOf({ pending, idle }) {
  const s3Scheduler = requestDollars({ list: Math.ceil(pending / 1_000) * SWEEPS_A_MONTH });
  const keywhen = requestDollars({ list: idle.requests.list * SWEEPS_A_MONTH });
  return `$${figure(s3Scheduler)} with that algorithm and $${figure(keywhen)} with keywhen for ${counted(pending)} pending events`;
}
