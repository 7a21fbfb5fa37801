export type { Finding } from "@keywhen/core/store";
export { type ExamineOptions, examineStore } from "./examine-store.js";
