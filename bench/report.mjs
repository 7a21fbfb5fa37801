// npm run bench -- report: writes docs/performance.md from what the benchmarks recorded.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { recorded } from "./record.mjs";
import { peersSection } from "./report/peers.mjs";
import {
  bareSection,
  clientCpuSection,
  fileGrowthSection,
  growthSection,
  s3SchedulerSection,
} from "./report/sections.mjs";

const PAGE = fileURLToPath(new URL("../docs/performance.md", import.meta.url));

const INTRODUCTION = `# Performance

\`npm run bench -- report\` writes this page from \`bench/results/*.json\`; don't edit it. Compared systems ran in turns on one
machine, with all servers on loopback and on the same processors. Figures are medians, and a ratio compares two that ran side by side. Absolute times
say little about your machine.
`;

/** The sections in their order; one whose benchmark has never been run is left out. */
const SECTIONS = {
  peers: peersSection,
  "s3-scheduler": s3SchedulerSection,
  bare: bareSection,
  "client-cpu": clientCpuSection,
  growth: growthSection,
  "file-growth": fileGrowthSection,
};

export async function run() {
  const results = {};
  for (const name of [...Object.keys(SECTIONS), "batch"]) results[name] = await recorded(name);
  const sections = Object.entries(SECTIONS)
    .filter(([name]) => results[name] !== undefined)
    .map(([name, section]) => section(results[name], results));
  await writeFile(PAGE, [INTRODUCTION, ...sections].join("\n"));
  console.log(`written: ${PAGE}`);
}
