// Starts Redis and PostgreSQL on loopback, in a temporary folder, with the settings that their queues recommend.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processTree } from "../processes.mjs";

const START_LIMIT_MS = 30_000;
const DEBIAN_POSTGRES = "/usr/lib/postgresql";

/** Why the servers can't be started here, in words that help; `undefined` if they can. */
export function missingServers() {
  const missing = [];
  if (redisServer() === undefined) missing.push("redis-server");
  if (postgresPrograms() === undefined) missing.push("postgresql");
  if (missing.length === 0) return undefined;
  return `${missing.join(" and ")} missing: apt-get install --no-install-recommends ${missing.join(" ")}`;
}

/** BullMQ asks for an append-only file and for no eviction. */
export async function startRedis() {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-redis-"));
  const port = await freePort();
  const options = ["--appendonly", "yes", "--maxmemory-policy", "noeviction"];
  const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder];
  const child = spawn(redisServer(), [...place, ...options], { stdio: "ignore" });
  await until(() => canConnect(port));
  return serverOf(child, "SIGTERM", folder, `redis://127.0.0.1:${port}`);
}

/** With the settings that it is installed with; only its own user can reach its socket. */
export async function startPostgres() {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-pg-"));
  const programs = postgresPrograms();
  const user = await userFor(folder);
  const data = join(folder, "data");
  execFileSync(
    join(programs, "initdb"),
    ["-D", data, "-U", "keywhen", "-A", "trust", "-E", "UTF8"],
    {
      ...user,
      cwd: folder,
      stdio: "ignore",
    },
  );
  const place = ["-D", data, "-k", folder, "-c", "listen_addresses="];
  const child = spawn(join(programs, "postgres"), place, { ...user, cwd: folder, stdio: "ignore" });
  await until(() => isReady(programs, folder));
  const url = `postgresql://keywhen@localhost/postgres?host=${encodeURIComponent(folder)}`;
  return serverOf(child, "SIGINT", folder, url);
}

function serverOf(child, signal, folder, url) {
  const ended = once(child, "exit");
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    url,
    pids: () => processTree(child.pid),
    async stop() {
      child.kill(signal);
      await ended;
      process.off("exit", kill);
      await rm(folder, { recursive: true });
    },
  };
}

/** PostgreSQL refuses to run as root. */
async function userFor(folder) {
  if (process.getuid() !== 0) return {};
  const idOf = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  const ids = { uid: idOf("-u"), gid: idOf("-g") };
  await chown(folder, ids.uid, ids.gid);
  return ids;
}

export function redisServer() {
  return ["/usr/bin/redis-server", "/usr/local/bin/redis-server"].find(existsSync);
}

export function postgresPrograms() {
  if (!existsSync(DEBIAN_POSTGRES)) return undefined;
  const [newest] = readdirSync(DEBIAN_POSTGRES).sort((left, right) => Number(right) - Number(left));
  const programs = join(DEBIAN_POSTGRES, newest ?? "", "bin");
  return existsSync(join(programs, "initdb")) ? programs : undefined;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function until(holds) {
  const endMs = performance.now() + START_LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error("a server did not start in time");
    await sleep(50);
  }
}

function canConnect(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function isReady(programs, folder) {
  return spawnSync(join(programs, "pg_isready"), ["-h", folder], { stdio: "ignore" }).status === 0;
}
