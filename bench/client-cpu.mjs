import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { plotBars } from "./bars.mjs";
import { inTurns, median, medians, numbersTo, optionsFrom } from "./measuring.mjs";
import { record, recorded } from "./record.mjs";
import { printTable } from "./table.mjs";

const SERVER = fileURLToPath(new URL("./client-cpu/canned-server.mjs", import.meta.url));
const CLIENT = fileURLToPath(new URL("./client-cpu/client.mjs", import.meta.url));
const CLIENT_CORE = "0";
const SERVER_CORE = "1";
const SOCKETS = 256;
/** Each way, before it counts: Node goes on making code faster until it has run some 20,000 times. */
const WARM_UPS = 3;

/** The first of each is what the others are compared with. */
const SETTINGS = [
  {
    name: "without delay",
    what: "a server that answers immediately, 64 in flight",
    delayMs: 0,
    concurrency: 64,
    ways: [
      { name: "bare SDK loop", way: "bare", maxSockets: SOCKETS },
      { name: "sweep, through the SDK", way: "slow", maxSockets: SOCKETS },
      { name: "sweep, fast lane", way: "fast", maxSockets: SOCKETS, isOurs: true },
      { name: "node:http alone, unsigned", way: "floor", maxSockets: SOCKETS },
    ],
  },
  {
    name: "after 30 ms",
    what: "a server that answers after 30 ms, 256 in flight",
    delayMs: 30,
    concurrency: 256,
    ways: [
      { name: "bare SDK loop", way: "bare", maxSockets: SOCKETS },
      { name: "bare SDK loop, its 50 sockets", way: "bare" },
      { name: "sweep, through the SDK", way: "slow", maxSockets: SOCKETS },
      { name: "sweep, fast lane", way: "fast", maxSockets: SOCKETS, isOurs: true },
    ],
  },
];

/** The table here and in docs/performance.md. */
export const COLUMNS = {
  "": "name",
  "events/s": "perSecond",
  "times as many": ({ timesFaster }) => timesFaster.toFixed(2),
  "CPU, µs an event": "cpuUs",
  "of it in the kernel": "systemUs",
  "times less": ({ timesLessCpu }) => timesLessCpu.toFixed(2),
};

/**
 * Measures what an event costs the machine that delivers it, by the SDK and by the fast lane: client and server have a core
 * each, and the server's answers are ready made.
 */
export async function run(args) {
  const { settings: names, ...counts } = optionsFrom(args, {
    events: 10_000,
    rounds: 5,
    settings: SETTINGS.map(({ name }) => name).join(","),
  });
  const size = { ...counts, warmUps: WARM_UPS };
  const chosen = names.split(",");
  const earlier = (await recorded("client-cpu"))?.settings ?? [];
  const settings = earlier.filter(({ name }) => !chosen.includes(name));
  for (const setting of SETTINGS.filter(({ name }) => chosen.includes(name))) {
    const ways = await measure(setting, size);
    console.log(setting.what);
    printTable(COLUMNS, ways);
    settings.push({ name: setting.name, what: setting.what, size, ways });
  }
  await record("client-cpu", { settings }, plot(settings));
}

async function measure({ delayMs, concurrency, ways }, { events, rounds, warmUps }) {
  const server = start(SERVER_CORE, SERVER, String(delayMs));
  const [port] = await once(server, "message");
  const endpoint = `http://127.0.0.1:${port}`;
  const clients = ways.map(({ way, maxSockets }) =>
    start(CLIENT_CORE, CLIENT, JSON.stringify({ way, endpoint, concurrency, maxSockets })),
  );
  const measureAll = (count, label) =>
    inTurns(count, numbersTo(clients.length), (index, round) =>
      order(clients[index], events, `${label}${round}`),
    );
  try {
    await measureAll(warmUps, "warm");
    const results = await measureAll(rounds, "round");
    return ways.map(({ name, isOurs }, index) => {
      const runs = results.map((result) => result[index]);
      const ratio = (of) => median(results.map((result) => of(result[index], result[0])));
      return {
        name,
        isOurs,
        ...medians(runs),
        timesFaster: ratio((one, other) => one.perSecond / other.perSecond),
        timesLessCpu: ratio((one, other) => other.cpuUs / one.cpuUs),
        runs,
      };
    });
  } finally {
    for (const child of [server, ...clients]) child.kill();
  }
}

function start(core, file, argument) {
  return spawn("taskset", ["-c", core, process.execPath, file, argument], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

async function order(client, count, run) {
  const ended = once(client, "exit").then(() => [undefined]);
  client.send({ count, run });
  const [result] = await Promise.race([once(client, "message"), ended]);
  if (result === undefined) throw new Error("a client has ended before its time");
  return result;
}

function plot(settings) {
  const barsOf = (ways, key) =>
    ways.map((one) => ({ name: one.name, value: one[key], isOurs: one.isOurs === true }));
  const panels = settings.flatMap(({ name, ways }) => [
    { title: `CPU, µs an event (answers ${name})`, bars: barsOf(ways, "cpuUs") },
    { title: `events a second (answers ${name})`, bars: barsOf(ways, "perSecond") },
  ]);
  return plotBars("What an event costs the client", panels);
}
