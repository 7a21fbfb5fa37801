// The work of verbs under "Delivery", loaded only for them. All in one module: with more of them, esbuild would split the
// code that they share with other verbs into more files, and each file takes time to load.
export { examine } from "./examine.js";
export { runUntilStopped } from "./run-until-stopped.js";
export { dropShards, setShards, showShards } from "./shard-verbs.js";
export { sweepOnce } from "./sweep-once.js";
