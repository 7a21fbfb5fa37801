import { loadCore } from "../core-under-test.js";
import { runMillion, type Setup } from "./run-million.js";

const setup: Setup = JSON.parse(process.argv[2] ?? "");
const outcome = await runMillion(await loadCore(), setup);
process.send?.(outcome, () => process.disconnect());
