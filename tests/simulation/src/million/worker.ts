import { loadCore } from "../core-under-test.js";
import { runMillion, type Setup } from "./run-million.js";

process.on("disconnect", () => process.exit()); // also when the process that started it is killed
const setup: Setup = JSON.parse(process.argv[2] ?? "");
const outcome = await runMillion(await loadCore(), setup);
process.send?.(outcome, () => process.disconnect());
