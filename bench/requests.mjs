import { parseArgs } from "node:util";
import { createSweeper } from "@keywhen/core";
import { eventKeys, instant, openCephHome, putAll, TARGET } from "./ceph-home.mjs";

const HOUR_MS = 3_600_000;

const OPTIONS = {
  due: { type: "string", default: "1000" },
  pending: { type: "string", default: "10000" },
};

/** What a sweep sends that finds so many due among all that is pending, and one that finds nothing due. */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const due = Number(values.due);
  const pending = Number(values.pending);
  if (!(due <= pending)) throw new Error("--due is a part of --pending");
  const { client, home, close } = await openCephHome();
  try {
    await putAll(client, eventKeys(pending - due, instant(HOUR_MS), "pending"));
    await putAll(client, eventKeys(due, instant(-HOUR_MS), "due"));
    const sweeper = createSweeper({ ...home, allowTargets: [`${TARGET}/*`] });
    show(`${due} due among ${pending} pending`, await sweeper.sweep());
    await putAll(client, eventKeys(due, instant(HOUR_MS), "more"));
    show(`idle, ${pending} pending`, await sweeper.sweep());
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
