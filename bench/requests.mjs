import { createSweeper } from "@keywhen/core";
import { eventKeys, instant, openCephHome, putAll, TARGET } from "./ceph-home.mjs";

const HOUR_MS = 3_600_000;

export async function run() {
  const { client, home, close } = await openCephHome();
  try {
    await putAll(client, eventKeys(9_000, instant(HOUR_MS), "pending"));
    await putAll(client, eventKeys(1_000, instant(-HOUR_MS), "due"));
    const sweeper = createSweeper({ ...home, allowTargets: [`${TARGET}/*`] });
    show("1,000 due among 10,000 pending", await sweeper.sweep());
    await putAll(client, eventKeys(1_000, instant(HOUR_MS), "more"));
    show("idle, 10,000 pending", await sweeper.sweep());
  } finally {
    await close();
  }
}

function show(title, { delivered, durationMs, requests }) {
  const { list, copy, delete: deletes, head, get, put } = requests;
  console.log(title);
  console.log(
    `  delivered ${delivered} in ${durationMs} ms; LIST ${list}, COPY ${copy}, DELETE ${deletes}, HEAD ${head}, GET ${get}, PUT ${put}`,
  );
}
