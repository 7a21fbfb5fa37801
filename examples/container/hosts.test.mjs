import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const EXAMPLES = fileURLToPath(new URL("../", import.meta.url));
const KEYWHEN = join(EXAMPLES, "../apps/cli/dist/main.js");

const textOf = (file) => readFileSync(join(EXAMPLES, file), "utf8");
const manifest = (file) => parse(textOf(file));

/** The arguments of a container file's instruction in its JSON form. */
function instruction(name) {
  const line = new RegExp(`^${name} (\\[.*\\])$`, "m").exec(textOf("container/Containerfile"));
  return JSON.parse(line?.[1] ?? "null");
}

/** A unit's settings by section, each a list. */
function unit(file) {
  const settings = {};
  let section = {};
  for (const line of textOf(file).split("\n")) {
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, key, value] = /^(\w+)=(.+)$/.exec(line) ?? [];
    if (name) settings[name] = section = {};
    else if (key) section[key] = [...(section[key] ?? []), value];
    else expect(line).toMatch(/^(#.*)?$/);
  }
  return settings;
}

function keywhen(args, folder) {
  const env = { ...process.env, KEYWHEN_STORE: `file:${folder}` };
  return spawnSync(process.execPath, [KEYWHEN, ...args], { env, encoding: "utf8" });
}

const cronJob = manifest("kubernetes/cronjob.yaml").spec;
const cronPod = cronJob.jobTemplate.spec.template.spec;
const daemonPod = manifest("kubernetes/deployment.yaml").spec.template.spec;
const cloudTask = manifest("cloud-run/job.yaml").spec.template.spec.template.spec;

describe("the examples for hosts", () => {
  it.each([
    ["kubernetes/cronjob.yaml", cronPod.containers[0].args],
    ["cloud-run/job.yaml", cloudTask.containers[0].args],
  ])("sweep as %s says", (_file, args) => {
    const folder = mkdtempSync(join(tmpdir(), "keywhen-hosts-"));
    try {
      mkdirSync(join(folder, "reminders"));
      const event = ["--in", "0s", "--to", "reminders/42.json", "--body", "{}"];
      expect(keywhen(["schedule", ...event], folder)).toMatchObject({ status: 0 });
      const { status, stdout, stderr } = keywhen(args, folder);
      expect(status, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: "swept", delivered: 1 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("end a sweep in good time before its host would kill it, and never repeat one", () => {
    for (const [args, limitSeconds] of [
      [cronPod.containers[0].args, cronJob.jobTemplate.spec.activeDeadlineSeconds],
      [cloudTask.containers[0].args, cloudTask.timeoutSeconds],
    ]) {
      const seconds = Number.parseInt(args[args.indexOf("--deadline") + 1], 10);
      expect(seconds + 10).toBeLessThanOrEqual(limitSeconds);
    }
    expect(cronJob).toMatchObject({ schedule: "* * * * *", concurrencyPolicy: "Forbid" });
    expect(cronJob.jobTemplate.spec.backoffLimit).toBe(0);
    expect(cloudTask.maxRetries).toBe(0);
  });

  it("start the daemon the same way in a container, on Kubernetes and under systemd", () => {
    expect(instruction("ENTRYPOINT")).toEqual(["keywhen"]);
    expect(daemonPod.containers[0].args).toEqual(instruction("CMD"));
    const probe = daemonPod.containers[0].livenessProbe.exec.command;
    const healthCheck = /HEALTHCHECK [^[]*(\[.*\])/s.exec(textOf("container/Containerfile"))?.[1];
    expect(probe).toEqual(JSON.parse(healthCheck?.split("\n")[0] ?? "null"));
    expect(unit("systemd/keywhen.service")).toMatchObject({
      Service: { ExecStart: ["/usr/bin/env keywhen run"], Restart: ["always"] },
      Install: { WantedBy: ["multi-user.target"] },
    });
  });

  it("give it the five seconds that it takes to end, and no root", () => {
    expect(daemonPod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(10);
    const [stopSeconds] = unit("systemd/keywhen.service").Service.TimeoutStopSec;
    expect(Number(stopSeconds)).toBeGreaterThanOrEqual(10);
    for (const { containers } of [cronPod, daemonPod]) {
      expect(containers[0].securityContext).toMatchObject({ runAsNonRoot: true });
    }
    expect(textOf("container/Containerfile")).toMatch(/^USER node$/m);
  });
});
