import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { startCephGateway } from "./ceph-gateway.js";
import { withCeph } from "./skip-unless.js";

const CLI = fileURLToPath(new URL("../dist/ceph.js", import.meta.url));

withCeph(describe)("startCephGateway()", () => {
  it("runs several servers side by side until each is stopped", async () => {
    const servers = await Promise.all([startCephGateway(), startCephGateway()]);
    for (const { endpoint } of servers) expect((await fetch(endpoint)).status).toBe(200);
    expect(gatewaysOf(servers.map(({ accessKeyId }) => accessKeyId))).toBe(2);
    await Promise.all(servers.map((server) => server.stop()));
    for (const { endpoint } of servers) await expect(fetch(endpoint)).rejects.toThrow();
    expect(gatewaysOf(servers.map(({ accessKeyId }) => accessKeyId))).toBe(0);
  }, 60_000);

  it("goes down and comes back on the same port with what it stored", async () => {
    const server = await startCephGateway();
    onTestFinished(server.stop);
    // Whether its user is known: asked with nothing but an access key, in the old kind of signature.
    const userIsKnown = async () => {
      const headers = {
        authorization: `AWS ${server.accessKeyId}:wrong`,
        date: new Date().toUTCString(),
      };
      return (await (await fetch(server.endpoint, { headers })).text()).includes(
        "SignatureDoesNotMatch",
      );
    };
    expect(await userIsKnown()).toBe(true);
    await server.goDown();
    await expect(fetch(server.endpoint)).rejects.toThrow();
    await server.comeBack();
    expect(await userIsKnown()).toBe(true);
    await server.goDown();
    await server.comeBack();
    expect(await userIsKnown()).toBe(true);
  }, 60_000);

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

/** How many gateway scripts run with one of these access keys as their argument. */
function gatewaysOf(accessKeys: readonly string[]): number {
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return processes.filter(
    (line) => line.includes("gateway.sh") && accessKeys.some((key) => line.includes(key)),
  ).length;
}
