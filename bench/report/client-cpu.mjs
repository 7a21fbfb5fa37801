import { figure } from "../table.mjs";
import { counted, placeOf, tableOf } from "./markdown.mjs";

export function clientCpuSection(measured) {
  if (measured === undefined) return "";
  const { settings } = measured;
  const head = [
    "",
    "events/s",
    "times as many",
    "CPU, µs an event",
    "of it in the kernel",
    "times less",
  ];
  const tables = settings.map(({ what, size, ways }) => {
    const rows = ways.map(({ name, perSecond, timesFaster, cpuUs, systemUs, timesLessCpu }) => [
      name,
      figure(perSecond),
      timesFaster.toFixed(2),
      figure(cpuUs),
      figure(systemUs),
      timesLessCpu.toFixed(2),
    ]);
    return `Against ${what}; ${counted(size.events)} due events, ${size.rounds} rounds in turns after ${size.warmUps} warm-up rounds:\n\n${tableOf(head, rows)}\n`;
  });
  return `## CPU for each event

Client and server have one core each, and the server sends prepared answers. The bare loop copies with the SDK's own call and
deletes in batches; a sweep also lists, renews its lease and keeps order. Ratios are to the bare loop with 256 sockets.

${tables.join("\n")}
![Bar chart of these tables](images/client-cpu.svg)

${placeOf(measured, ["@aws-sdk/client-s3"])}
`;
}
