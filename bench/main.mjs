// npm run bench -- NAME [ARGUMENTS]: one benchmark, a table on stdout.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const MILLION = fileURLToPath(new URL("../tests/simulation/dist/million/main.js", import.meta.url));
const BENCHMARKS = {
  chain:
    "due -> copied and due -> handler, by the target bucket's own notification (--events 200 --seconds 20)",
  "cold-start":
    "the deployed function from its import to its first request, compared with a bare SDK (--runs 15)",
  "clock-changes":
    "recurring schedules at changes of the clocks, compared with BullMQ, pg-boss and EventBridge; prints the table of docs/guides/recurring.md",
  idle: "CPU, memory and requests of `keywhen run` while nothing is due (--seconds 60)",
  decode: "a million keys decoded on one core",
  bare: "a sweep compared with a bare loop of the same client: S3, minio, Azure, files, memory (--due 2000 --rounds 5 --places ceph,azurite,folder,memory)",
  "client-cpu":
    "what an event costs the client: bare SDK, sweep through the SDK, sweep by the fast lane (--events 10000 --rounds 5 --settings 'without delay,after 30 ms')",
  batch: "scheduleMany compared with a bare loop of puts (--events 10000 --rounds 3)",
  lateness:
    "due -> copied for start(), precise and plain invocations, a burst, the idle command (--seconds 60 --events 2000); writes docs/lateness.svg",
  large: "memory that an object of 200 MiB takes, through each adapter",
  peers:
    "compared with BullMQ, pg-boss and Graphile Worker (--rounds 3 --due 10000 --delayed 1000 --seconds 30)",
  "s3-scheduler": "next to the algorithm of the Python package (--due 1000 --pending 10000,100000)",
  growth: "an idle sweep and a busy one, as there is more and more",
  "file-growth": "calls of the file store as more files wait (--waiting 1000,10000,100000,500000)",
  report: "writes docs/performance.md from what these have recorded",
  "start-up": "keywhen --help, key and list compared with a bare node (--runs 15)",
  million:
    "a million events at one instant over a simulated S3, in simulated time (--events 1000000); writes docs/scale.md",
};

const [name, ...rest] = process.argv.slice(2);
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
if (name === undefined || !Object.hasOwn(BENCHMARKS, name)) {
  console.error("npm run bench -- NAME, where NAME is one of");
  for (const [known, what] of Object.entries(BENCHMARKS)) {
    console.error(`  ${known.padEnd(12)}${what}`);
  }
  process.exit(2);
}
if (name === "million") {
  process.exitCode =
    spawnSync(process.execPath, [MILLION, ...rest], { stdio: "inherit" }).status ?? 1;
} else {
  const { run } = await import(`./${name}.mjs`);
  await run(rest);
}
