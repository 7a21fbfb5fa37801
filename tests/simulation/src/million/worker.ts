import { loadCore } from "../core-under-test.js";
import { runMillion, type Setup } from "./run-million.js";

/** Runs one setup, and sends its outcome to the parent process. */
const setup: Setup = JSON.parse(process.argv[2] ?? "");
const outcome = await runMillion(await loadCore(), setup);
process.send?.(outcome, () => process.disconnect());
