import { fsStore } from "@keywhen/adapter-fs";
import { handleOn } from "./keywhen.mjs";

export { handlerSettings as settings } from "./keywhen.mjs";
export { openScheduler, start } from "./keywhen-fs.mjs";

export async function work(folder, onJob) {
  return handleOn(fsStore({ folder }), onJob);
}
