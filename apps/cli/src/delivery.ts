// What verbs under "Delivery" do, loaded for them alone. In one module: each one more would divide what they share with
// other verbs into files of its own, and every file takes its time to load.
export { examine } from "./examine.js";
export { dropShards, setShards, showShards } from "./layout-verbs.js";
export { runUntilStopped } from "./run-until-stopped.js";
export { sweepOnce } from "./sweep-once.js";
