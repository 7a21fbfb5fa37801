export type { StoreRequest } from "./requests/wrap-store.js";
export { type MemoryStoreOptions, memoryStore } from "./store/memory-store.js";
export { type Faults, faultyStore, recordingStore } from "./testing/faulty-store.js";
export { type ManualClock, manualClock } from "./testing/manual-clock.js";
