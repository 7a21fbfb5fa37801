import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { plotBars } from "./bars.mjs";
import { median } from "./ceph-home.mjs";
import { record, recorded } from "./record.mjs";
import { figure, printTable } from "./table.mjs";

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
    name: "at once",
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

const OPTIONS = {
  events: { type: "string", default: "10000" },
  rounds: { type: "string", default: "5" },
  settings: { type: "string", default: SETTINGS.map(({ name }) => name).join(",") },
};

/**
 * What an event costs the machine that delivers it, by the SDK and by the fast lane: client and server have a core each, and
 * the server's answers are ready made.
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const size = {
    events: Number(values.events),
    rounds: Number(values.rounds),
    warmUps: WARM_UPS,
  };
  const chosen = values.settings.split(",");
  const settings = ((await recorded("client-cpu"))?.settings ?? []).filter(
    ({ name }) => !chosen.includes(name),
  );
  for (const setting of SETTINGS.filter(({ name }) => chosen.includes(name))) {
    const ways = await measure(setting, size);
    show(setting, ways);
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
  const runs = ways.map(() => []);
  try {
    for (let warm = 0; warm < warmUps; warm++) {
      for (const client of clients) await order(client, events, `warm${warm}`);
    }
    for (let round = 0; round < rounds; round++) {
      const turns = round % 2 === 0 ? clients : clients.toReversed();
      for (const client of turns) {
        runs[clients.indexOf(client)].push(await order(client, events, `round${round}`));
      }
    }
  } finally {
    for (const child of [server, ...clients]) child.kill();
  }
  return ways.map(({ name, isOurs }, index) => ({
    name,
    isOurs,
    ...middleOf(runs[index], runs[0]),
    runs: runs[index],
  }));
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

function middleOf(runs, first) {
  const ratio = (of) => median(runs.map((one, round) => of(one, first[round])));
  return {
    perSecond: median(runs.map(({ perSecond }) => perSecond)),
    cpuUs: median(runs.map(({ cpuUs }) => cpuUs)),
    systemUs: median(runs.map(({ systemUs }) => systemUs)),
    timesFaster: ratio((one, other) => one.perSecond / other.perSecond),
    timesLessCpu: ratio((one, other) => other.cpuUs / one.cpuUs),
  };
}

function show({ what }, ways) {
  console.log(what);
  printTable(
    ["", "events/s", "times as many", "CPU µs/event", "in the kernel", "times less"],
    ways.map(({ name, perSecond, timesFaster, cpuUs, systemUs, timesLessCpu }) => [
      name,
      ...[perSecond, timesFaster, cpuUs, systemUs, timesLessCpu].map(figure),
    ]),
  );
}

function plot(settings) {
  const panels = settings.flatMap(({ name, ways }) => [
    { title: `CPU, µs an event (answers ${name})`, bars: barsOf(ways, "cpuUs") },
    { title: `events a second (answers ${name})`, bars: barsOf(ways, "perSecond") },
  ]);
  return plotBars("What an event costs the client", panels);
}

function barsOf(ways, key) {
  return ways.map((one) => ({ name: one.name, value: one[key], isOurs: one.isOurs === true }));
}
