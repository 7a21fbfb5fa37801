import { spawn } from "node:child_process";
import { cp, readFile, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { finish, KEYWHEN, openWorkplace, type Workplace } from "./testing/run-keywhen.js";

const SDK = new URL("./testing/otel.mjs", import.meta.url).href;
const NODE_MODULES = fileURLToPath(new URL("../node_modules/", import.meta.url));
const RUN = ["run", "--allow", "out/*", "--for", "1s"];

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace();
});
afterEach(() => place[Symbol.asyncDispose]());

/** The environment of somebody whose SDK writes to this file. */
function withSdk() {
  const file = join(place.folder, "told.json");
  const env = { NODE_OPTIONS: `--import ${SDK}`, OTEL_FILE: file };
  return { env, told: async () => JSON.parse(await readFile(file, "utf8")) };
}

describe("keywhen run with an OpenTelemetry SDK in its process", () => {
  it.each([[[]], [["--telemetry"]]])("tells it of its sweeps, run with %j", async (options) => {
    const { env, told } = withSdk();
    await place.run(["schedule", "--in", "0s", "--to", "out/k", "--body", "x"]);
    const run = await place.runWith(env, [...RUN, ...options, "-q"]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    const { metrics, spans } = await told();
    expect(metrics).toMatchObject({
      "keywhen.delivered": [1],
      "keywhen.delivery.lateness": [{ count: 1 }],
      "keywhen.sweeps": [1],
    });
    expect(spans).toContain("keywhen sweep");
  });

  it("delivers all the same without @keywhen/telemetry, and notes how to add it", async () => {
    const { env } = withSdk();
    await place.run(["schedule", "--in", "0s", "--to", "out/k", "--body", "x"]);
    const run = await runAlone(env, RUN);
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("delivered  out/k") });
    expect(run.stderr).toContain(
      "npm install ../keywhen/packed/keywhen-core.tgz ../keywhen/packed/keywhen-telemetry.tgz ",
    );
  });

  it("refuses --telemetry without @keywhen/telemetry", async () => {
    expect(await runAlone(withSdk().env, [...RUN, "--telemetry"])).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "keywhen: OpenTelemetry hears nothing: @keywhen/telemetry is not installed. Install it from the packed checkout, all in one command: npm install ../keywhen/packed/keywhen-core.tgz ../keywhen/packed/keywhen-telemetry.tgz @opentelemetry/api (with --global if keywhen is).\n",
    });
  });
});

describe("keywhen run without an SDK", () => {
  it("refuses --telemetry with how to start one", async () => {
    expect(await place.run([...RUN, "--telemetry"])).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        'keywhen: No OpenTelemetry SDK is registered. Name a file that starts one: NODE_OPTIONS="--import ./otel.mjs" keywhen run --telemetry.\n',
    });
  });

  it("says nothing of telemetry otherwise, and loads none of it", async () => {
    const run = await runAlone({}, RUN);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).not.toMatch(/telemetry/i);
  });
});

/** As installed without optional packages: away from this workspace there are only those that are brought along. */
async function runAlone(env: Record<string, string>, args: readonly string[]) {
  const alone = join(place.folder, "alone");
  await cp(dirname(KEYWHEN), join(alone, "dist"), { recursive: true });
  await cp(join(dirname(KEYWHEN), "../package.json"), join(alone, "package.json"));
  for (const name of ["commander", "picocolors", "@keywhen/core", "@keywhen/adapter-fs"]) {
    await cp(join(NODE_MODULES, name), join(alone, "node_modules", name), {
      recursive: true,
      dereference: true,
      filter: (source) => !source.includes("/adapter-fs/node_modules"),
    });
  }
  for (const name of ["chrono-node", "temporal-polyfill"]) {
    await symlink(join(NODE_MODULES, name), join(alone, "node_modules", name));
  }
  const options = { cwd: place.folder, env: { KEYWHEN_STORE: "file:./data", ...env } };
  return finish(spawn(process.execPath, [join(alone, "dist/main.js"), ...args], options));
}
