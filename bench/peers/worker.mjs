// A worker in a separate process: works until a message ends it, and reports the jobs that it has done.
import { setInterval } from "node:timers";

const [system, url] = process.argv.slice(2);
const { work } = await import(`./${system}.mjs`);

const TELL_MS = 50;
let done = [];
const beganMs = Date.now();
const stop = await work(url, (id, atMs) => done.push([id, atMs, Date.now()]));
process.send({ beganMs });

const telling = setInterval(() => {
  if (done.length === 0) return;
  process.send({ done });
  done = [];
}, TELL_MS);

process.on("message", async () => {
  clearInterval(telling);
  await stop();
  process.exit();
});
