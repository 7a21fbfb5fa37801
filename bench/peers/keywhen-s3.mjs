import { s3Store } from "@keywhen/adapter-s3";
import { clientOf, openCephHome } from "../ceph-home.mjs";
import { childrenOf, processTree } from "../processes.mjs";
import { schedulerOf, sweepOn } from "./keywhen.mjs";

export { settings } from "./keywhen.mjs";

export async function start() {
  const before = childrenOf(process.pid);
  const { server, close } = await openCephHome();
  const roots = childrenOf(process.pid).filter((pid) => !before.includes(pid));
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  return {
    url: JSON.stringify({ endpoint, region, accessKeyId, secretAccessKey }),
    pids: () => roots.flatMap(processTree),
    stop: close,
  };
}

export async function openScheduler(url) {
  const { store, client } = open(url);
  return { schedule: schedulerOf(store), close: async () => client.destroy() };
}

export async function work(url, onJob) {
  const { store, client } = open(url);
  const stop = sweepOn(store, onJob);
  return async () => {
    await stop();
    client.destroy();
  };
}

export function open(url) {
  const client = clientOf(JSON.parse(url));
  return { client, store: s3Store({ client, service: "ceph" }) };
}
