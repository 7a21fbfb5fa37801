// The main job on a temporary folder: schedule three real files, see them wait, sweep, and see each one
// arrive byte for byte at its target.
import { openAsBlob } from "node:fs";
import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { fsStore } from "@keywhen/adapter-fs";
import { createScheduler, createSweeper } from "@keywhen/core";

const FILES = [
  { name: "letter.txt", contentType: "text/plain; charset=utf-8", in: "1s" },
  { name: "clock.png", contentType: "image/png", in: "1.5s" },
  { name: "every-byte.bin", contentType: "application/octet-stream", in: "2s" },
];
const SWEEP_EVERY_MS = 250;
const GIVE_UP_AFTER_MS = 30_000;

const sourceOf = (name) => fileURLToPath(new URL(`quickstart/${name}`, import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "keywhen-quickstart-"));
for (const bucket of ["schedule", "inbox"]) await mkdir(join(folder, bucket));
const home = { store: fsStore({ folder }), bucket: "schedule" };
const scheduler = createScheduler(home);

console.log(`\nA bucket is a folder here: ${folder}\n\nScheduling ${FILES.length} files:`);
for (const { name, contentType, in: duration } of FILES) {
  const body = (await openAsBlob(sourceOf(name))).stream();
  const to = { bucket: "inbox", key: `today/${name}` };
  const { id } = await scheduler.schedule({ in: duration, to, body, contentType });
  console.log(`  in ${duration.padEnd(4)}  '${id}'`);
}

console.log("\nWaiting, in due order:");
for await (const event of scheduler.list()) {
  console.log(
    `  ${event.at.toISOString()}  ${String(event.size).padStart(6)} bytes  to ${event.to.bucket}/${event.to.key}`,
  );
}

console.log(
  `\nSweeping every ${SWEEP_EVERY_MS} ms (keywhen run delivers each event at its instant):`,
);
let arrived = 0;
let failure;
const sweeper = createSweeper({
  ...home,
  allowTargets: ["inbox/*"],
  observe(event) {
    if (event.type === "delivered")
      console.log(`  delivered  ${event.to.bucket}/${event.to.key}  ${event.latenessMs} ms late`);
    if (event.type === "failed") failure = event.error;
  },
});
for (const startedMs = Date.now(); arrived < FILES.length; await sleep(SWEEP_EVERY_MS)) {
  arrived += (await sweeper.sweep()).delivered;
  if (failure) throw failure;
  if (Date.now() - startedMs > GIVE_UP_AFTER_MS) throw new Error(`Only ${arrived} files arrived.`);
}

console.log("\nComparing what arrived with what was sent:");
for (const { name } of FILES) {
  const sent = await readFile(sourceOf(name));
  const received = await readFile(join(folder, "inbox", "today", name));
  if (!sent.equals(received)) throw new Error(`${name} arrived, but changed.`);
  console.log(`  ${name}: ${received.length} bytes, the same`);
}
for await (const event of scheduler.list()) throw new Error(`${event.id} is still waiting.`);

console.log(`
No event is waiting. Try next:
  export KEYWHEN_STORE=file:./data
  npm run -s keywhen -- schedule --in 5s --to inbox/hello.txt --body hello
  npm run -s keywhen -- list
  npm run -s keywhen -- run --for 6s
  cat data/inbox/hello.txt
Then write your own program: docs/guides/first-event.md.
`);
