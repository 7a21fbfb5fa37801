import { handleOn } from "./keywhen.mjs";
import { open } from "./keywhen-s3.mjs";

export { handlerSettings as settings } from "./keywhen.mjs";
export { openScheduler, start } from "./keywhen-s3.mjs";

export async function work(url, onJob) {
  const { store, client } = open(url);
  const stop = handleOn(store, onJob);
  return async () => {
    await stop();
    client.destroy();
  };
}
