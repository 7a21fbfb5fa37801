export { type MemoryStoreOptions, memoryStore } from "./store/memory-store.js";
