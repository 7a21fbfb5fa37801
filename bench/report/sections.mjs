import { requestDollars } from "@keywhen/host/cost";
import { COLUMNS as BARE_COLUMNS } from "../bare.mjs";
import { COLUMNS as CPU_COLUMNS } from "../client-cpu.mjs";
import { COLUMNS as FILE_COLUMNS } from "../file-growth.mjs";
import { DUE_COLUMNS, IDLE_COLUMNS } from "../growth.mjs";
import { sum } from "../measuring.mjs";
import { waysOf } from "../s3-scheduler.mjs";
import { counted, figure, markdownTable } from "../table.mjs";

const SWEEPS_A_MONTH = 43_800; // of 730 hours, as AWS calculates

/** Where and with what a benchmark ran. */
export function placeOf({ measured, machine, versions }, names) {
  const { cpu, cores, memoryGiB, system } = machine;
  const used = ["node", ...names].map((name) => `${name} ${versions[name]}`);
  return `*${measured}, ${cores} × ${cpu}, ${memoryGiB} GiB, ${system}; ${used.join(", ")}; keywhen at ${versions.keywhen}.*`;
}

export function s3SchedulerSection(result) {
  const columns = {
    "": ({ name, delayMs }) =>
      `${name === "keywhen" ? name : "the algorithm of 2018"}${delayMs === undefined ? "" : `, ${delayMs} ms away`}`,
    due: ({ due }) => counted(due),
    pending: ({ pending }) => counted(pending),
    seconds: "seconds",
    LIST: ({ requests }) => counted(requests.list),
    COPY: ({ requests }) => counted(requests.copy),
    DELETE: ({ requests }) => counted(requests.delete),
    dollars: ({ requests }) => requestDollars(requests),
    "times as fast": ({ timesAsFast }) => timesAsFast.toFixed(1),
  };
  return `## Comparison with the algorithm of 2018

The Python package s3-scheduler lists everything each minute, then copies and deletes due objects one by one. This is its algorithm in JavaScript
with the same SDK client as keywhen, on a Ceph gateway that copies at most about 600 objects a second on this machine. The last two rows delay
each request, as if the gateway were as far away as a bucket:

${markdownTable(columns, waysOf(result.results))}

![Bar chart of this table](images/s3-scheduler.svg)

Lists without due events, once a minute for a month, cost ${result.results
    .filter(({ delayMs }) => delayMs === undefined)
    .map(lookingOf)
    .join("; ")}. Prices are those of
\`keywhen cost\`: S3 Standard in us-east-1, with free DELETEs.

${placeOf(result, ["@aws-sdk/client-s3"])}
`;
}

function lookingOf({ pending, idle }) {
  const s3Scheduler = requestDollars({ list: Math.ceil(pending / 1_000) * SWEEPS_A_MONTH });
  const keywhen = requestDollars({ list: idle.requests.list * SWEEPS_A_MONTH });
  return `$${figure(s3Scheduler)} with that algorithm and $${figure(keywhen)} with keywhen for ${counted(pending)} pending events`;
}

export function bareSection(bare, { batch }) {
  const { size, concurrency, results } = bare;
  return `## Comparison with a bare loop of the same client

The bare loop copies with the client's own copy call and deletes the same keys in batches: the minimum of requests,
without checks and without a lease. For files it is also the system calls of a move alone, without a decision. ${counted(size.due)} due events of 256 bytes, ${concurrency} copies in flight, ${size.rounds} pairs; CPU is that of
this process for each event.

${markdownTable(BARE_COLUMNS, results)}

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

export function clientCpuSection(measured) {
  const tables = measured.settings.map(
    ({ what, size, ways }) =>
      `Against ${what}; ${counted(size.events)} due events, ${size.rounds} rounds in turns after ${size.warmUps} warm-up rounds:\n\n${markdownTable(CPU_COLUMNS, ways)}\n`,
  );
  return `## CPU for each event

Client and server have one core each, and the server sends prepared answers. The bare loop copies with the SDK's own call and
deletes in batches; a sweep also lists, renews its lease and keeps order. Ratios are to the bare loop with 256 sockets.

${tables.join("\n")}
![Bar chart of these tables](images/client-cpu.svg)

${placeOf(measured, ["@aws-sdk/client-s3"])}
`;
}

export function growthSection(growth, others) {
  const onCeph = (others["s3-scheduler"]?.results ?? [])
    .filter(({ delayMs }) => delayMs === undefined)
    .map(({ pending, due, idle: { ms, requests } }) => ({
      store: "Ceph gateway",
      count: pending - due,
      ms,
      requests: sum(requests),
    }));
  const idle = [...growth.idle, ...onCeph].sort(
    (left, right) => left.store.localeCompare(right.store) || left.count - right.count,
  );
  return `## Growth

A sweep with nothing due:

${markdownTable(IDLE_COLUMNS, idle)}

Sweeps of more and more due events, each in a new process, over a store that generates its keys and stores nothing, so that only keywhen is
measured:

${markdownTable(DUE_COLUMNS, growth.due)}

![Bar chart of this table](images/growth.svg)

${placeOf(growth, ["@aws-sdk/client-s3"])}
`;
}

export function fileGrowthSection(growth) {
  return `## Growth of the file store

Calls while so many events wait in one folder, each number in a new process. The *first sweep* reads the folder; the others are medians of
${growth.rounds} calls, and CPU is that of the process for one call. A *page* is a list of 1,000 events.

${markdownTable(FILE_COLUMNS, growth.rows)}

${placeOf(growth, [])}
`;
}
