// npm run reliability -- NAME: breaks something on purpose, prints a table, and fails if a promise did.
import { parseArgs } from "node:util";
import { openCephBed } from "./ceph-bed.js";
import { openFileBed } from "./file-bed.js";
import { killSweepers } from "./kill-sweepers.js";
import { printVerdicts } from "./table.js";
import type { Verdict } from "./verdict.js";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string" }, kills: { type: "string" }, store: { type: "string" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const kills = Number(values.kills ?? 100);
process.stdout.write(`${positionals[0]}, seed ${seed}\n`);
const verdicts: Verdict[] = [];
for (const open of [openCephBed, openFileBed]) {
  await using bed = await open();
  if (values.store !== undefined && bed.place.kind !== values.store) continue;
  verdicts.push(await killSweepers(bed, { kills, seed }));
}
process.stdout.write(printVerdicts(verdicts));
if (verdicts.some(({ broken }) => broken.length > 0)) process.exitCode = 1;
