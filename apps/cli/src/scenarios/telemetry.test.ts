import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runAlone } from "../testing/run-alone.js";
import { useWorkplace } from "../testing/run-keywhen.js";

const SDK = new URL("../testing/otel.mjs", import.meta.url).href;
const RUN = ["run", "--allow", "out/*", "--for", "1s"];

const place = useWorkplace();

/** The environment of a user whose SDK writes to this file. */
function withSdk() {
  const file = join(place.folder, "reported.json");
  const env = { NODE_OPTIONS: `--import ${SDK}`, OTEL_FILE: file };
  return { env, reported: async () => JSON.parse(await readFile(file, "utf8")) };
}

describe("keywhen run with an OpenTelemetry SDK in its process", () => {
  it.each([[[]], [["--telemetry"]]])("reports its sweeps, run with %j", async (options) => {
    const { env, reported } = withSdk();
    await place.run(["schedule", "--in", "0s", "--to", "out/k", "--body", "x"]);
    const run = await place.runWith(env, [...RUN, ...options, "-q"]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    const { metrics, spans } = await reported();
    expect(metrics).toMatchObject({
      "keywhen.delivered": [1],
      "keywhen.delivery.lateness": [{ count: 1 }],
      "keywhen.sweeps": [1],
    });
    expect(spans).toContain("keywhen sweep");
  });

  it("delivers without @keywhen/telemetry too, and notes how to install it", async () => {
    const { env } = withSdk();
    await place.run(["schedule", "--in", "0s", "--to", "out/k", "--body", "x"]);
    const run = await runAlone(place, RUN, env);
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("delivered  out/k") });
    expect(run.stderr).toContain(
      "npm install ../keywhen/packed/keywhen-core.tgz ../keywhen/packed/keywhen-telemetry.tgz ",
    );
  });

  it("refuses --telemetry without @keywhen/telemetry", async () => {
    expect(await runAlone(place, [...RUN, "--telemetry"], withSdk().env)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "keywhen: Nothing is reported to OpenTelemetry: @keywhen/telemetry is not installed. Install it from the packed checkout, all in one command: npm install ../keywhen/packed/keywhen-core.tgz ../keywhen/packed/keywhen-telemetry.tgz @opentelemetry/api (with --global if keywhen is).\n",
    });
  });
});

describe("keywhen run without an SDK", () => {
  it("prints nothing about telemetry without the option", async () => {
    const run = await runAlone(place, RUN);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).not.toMatch(/telemetry/i);
  });
});
