// npm run bench -- report: writes docs/performance.md from what the benchmarks recorded.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { recorded } from "./record.mjs";
import { bareSection } from "./report/bare.mjs";
import { clientCpuSection } from "./report/client-cpu.mjs";
import { growthSection } from "./report/growth.mjs";
import { peersSection } from "./report/peers.mjs";
import { s3SchedulerSection } from "./report/s3-scheduler.mjs";

const PAGE = fileURLToPath(new URL("../docs/performance.md", import.meta.url));

const INTRODUCTION = `# Performance

\`npm run bench -- report\` writes this page from \`bench/results/*.json\`; don't edit it. Compared systems ran in turns on one
machine, with all servers on loopback and on the same processors. Figures are medians, and a ratio compares two that ran side by side. Absolute times
say little about your machine.
`;

export async function run() {
  const sections = [
    peersSection(await recorded("peers")),
    s3SchedulerSection(await recorded("s3-scheduler")),
    bareSection(await recorded("bare"), await recorded("batch")),
    clientCpuSection(await recorded("client-cpu")),
    growthSection(await recorded("growth"), await recorded("s3-scheduler")),
  ];
  await writeFile(PAGE, [INTRODUCTION, ...sections.filter(Boolean)].join("\n"));
  console.log(`written: ${PAGE}`);
}
