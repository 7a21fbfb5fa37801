// Callers of one name in a separate process, started by `startCallers()` with their job as the argument. They put one event after
// another, write down what they begin and what they are answered, and end when the process that started them has ended.
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createNamedEvents } from "@keywhen/core/names";
import type { ObjectStore } from "@keywhen/core/store";
import type { CallerJob, CallerLine } from "./caller-child.js";
import { openStore, SCHEDULE, TARGET } from "./store-place.js";

const HOUR_MS = 3_600_000;
const DAWDLE_MS = 10;

process.on("disconnect", () => process.exit(0));
const {
  place,
  root,
  name,
  process: label,
  puts,
  atOnce,
  file,
}: CallerJob = JSON.parse(process.argv[2] ?? "");
const { store, close } = await openStore(place, label);
const named = createNamedEvents({ store: dawdling(store), bucket: SCHEDULE, root });
let begun = 0;
await Promise.all(Array.from({ length: atOnce }, putUntilDone));
close();
process.removeAllListeners("disconnect");
process.disconnect?.();

async function putUntilDone(): Promise<void> {
  while (begun < puts) await putOnce(`${label}-${begun++}`);
}

async function putOnce(content: string): Promise<void> {
  write({ content, beganMs: Date.now() });
  const at = new Date(Date.now() + HOUR_MS);
  try {
    const to = { bucket: TARGET, key: name };
    const { id, replaced } = await named.put(name, { at, to, body: content });
    write({ content, endedMs: Date.now(), id, replaced });
  } catch (error) {
    write({ content, endedMs: Date.now(), error: String(error) });
  }
}

/** Says that an event is stored, and waits a moment, so that a kill can come before the earlier event is deleted. */
function dawdling(real: ObjectStore): ObjectStore {
  return {
    ...real,
    async put(ref, body, options) {
      const result = await real.put(ref, body, options);
      if (!ref.key.includes("/pending/")) return result;
      process.send?.("stored");
      await sleep(DAWDLE_MS);
      return result;
    },
  };
}

/** What was written survives a SIGKILL. */
function write(line: CallerLine): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  process.send?.("written");
}
