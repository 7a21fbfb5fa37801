import { figure } from "../table.mjs";
import { counted, placeOf, tableOf } from "./markdown.mjs";

export function clientCpuSection(measured) {
  if (measured === undefined) return "";
  const { size, settings } = measured;
  const head = ["", "events/s", "times as many", "CPU, µs an event", "times less"];
  const tables = settings.map(({ what, ways }) => {
    const rows = ways.map(({ name, perSecond, timesFaster, cpuUs, timesLessCpu }) => [
      name,
      figure(perSecond),
      timesFaster.toFixed(2),
      figure(cpuUs),
      timesLessCpu.toFixed(2),
    ]);
    return `Against ${what}:\n\n${tableOf(head, rows)}\n`;
  });
  return `## What an event costs the client

Client and server have a core each, and the server's answers are ready made. The bare loop copies with the SDK's own call and
deletes in batches; a sweep also lists, keeps its lease and its order. ${counted(size.events)} due events, ${size.rounds} rounds in turns; ratios are to
the bare loop with 256 sockets.

${tables.join("\n")}
![The same as bars](images/client-cpu.svg)

${placeOf(measured, ["@aws-sdk/client-s3"])}
`;
}
