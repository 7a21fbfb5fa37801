export { type MemoryStoreOptions, memoryStore } from "./store/memory-store.js";
export { type ManualClock, manualClock } from "./testing/manual-clock.js";
