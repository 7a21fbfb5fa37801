import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCephGateway, type TestS3Server } from "./ceph-gateway.js";
import { withCeph } from "./skip-unless.js";

const CLI = fileURLToPath(new URL("../dist/ceph.js", import.meta.url));

withCeph(describe)("startCephGateway()", () => {
  let servers: TestS3Server[] = [];
  const running = () => gatewaysOf(servers.map(({ accessKeyId }) => accessKeyId));
  beforeAll(async () => {
    servers = await Promise.all([startCephGateway(), startCephGateway()]);
  }, 60_000);
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  it("runs several servers side by side", async () => {
    for (const { endpoint } of servers) expect((await fetch(endpoint)).status).toBe(200);
    expect(running()).toBe(2);
  });

  it("goes down and comes back on the same port with what it stored, twice", async () => {
    for (const server of [servers[0], servers[0]]) {
      expect(await userIsKnown(server)).toBe(true);
      await server?.goDown();
      await expect(userIsKnown(server)).rejects.toThrow();
      await server?.comeBack();
    }
    expect(await userIsKnown(servers[0])).toBe(true);
  }, 60_000);

  it("ends each server that is stopped", async () => {
    await Promise.all(servers.map((server) => server.stop()));
    for (const { endpoint } of servers) await expect(fetch(endpoint)).rejects.toThrow();
    expect(running()).toBe(0);
  });

  it.each(["SIGTERM", "SIGKILL"] as const)(
    "ends when its owner ends by %s",
    async (signal) => {
      const owner = spawn(process.execPath, [CLI], { stdio: ["ignore", "pipe", "inherit"] });
      const [printed] = await once(owner.stdout, "data");
      const endpoint = /AWS_ENDPOINT_URL_S3=(\S+)/.exec(String(printed))?.[1] ?? "";
      expect((await fetch(endpoint)).status).toBe(200);
      owner.kill(signal);
      await once(owner, "exit");
      await expect
        .poll(() =>
          fetch(endpoint).then(
            () => "up",
            () => "down",
          ),
        )
        .toBe("down");
    },
    60_000,
  );
});

/** Asked with nothing but an access key, in the old kind of signature. */
async function userIsKnown({ endpoint = "", accessKeyId }: Partial<TestS3Server> = {}) {
  const headers = { authorization: `AWS ${accessKeyId}:wrong`, date: new Date().toUTCString() };
  return (await (await fetch(endpoint, { headers })).text()).includes("SignatureDoesNotMatch");
}

/** How many gateway scripts run with one of these access keys as their argument. */
function gatewaysOf(accessKeys: readonly string[]): number {
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return processes.filter(
    (line) => line.includes("gateway.sh") && accessKeys.some((key) => line.includes(key)),
  ).length;
}
