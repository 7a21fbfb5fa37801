// The work of the verbs under "Delivery", loaded only for them. It is one module, because esbuild would split the code that
// several modules share with other verbs into more files, and each file takes time to load.
export { runUntilStopped } from "../sweeping/run-until-stopped.js";
export { sweepOnce } from "../sweeping/sweep-once.js";
export { examine } from "./examine.js";
export { dropShards, setShards, showShards } from "./shard-verbs.js";
