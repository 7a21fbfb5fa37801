// Loaded with `node --import` (`ENDING_WITH_PARENT`): kills this process soon after the one that started it has ended or was
// killed.
const LOOK_EVERY_MS = 500;

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, LOOK_EVERY_MS).unref();
