import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("prepare-tests.mjs", import.meta.url));
const isRoot = process.getuid?.() === 0;

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keywhen-prepare-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script on a machine that has no program but this apt-get, and returns the arguments of apt-get. */
function prepareWith(aptGet, env = {}) {
  if (aptGet !== undefined) {
    const asked = `printf '%s\\n' "$*" | /bin/sed 's/^.*Timeout=[0-9]* //' >> "${folder}/asked"`;
    writeFileSync(join(folder, "apt-get"), `#!/bin/sh\n${asked}\n${aptGet}\n`);
    chmodSync(join(folder, "apt-get"), 0o755);
  }
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT], {
    encoding: "utf8",
    env: { PATH: folder, CI: "", ...env },
  });
  const asked = join(folder, "asked");
  return {
    status,
    stderr,
    asked: existsSync(asked) ? readFileSync(asked, "utf8").split("\n") : [],
  };
}

it("installs what is missing in one go as root, and nothing as anybody else", () => {
  const { status, asked, stderr } = prepareWith("exit 0");
  expect(status).toBe(0);
  if (!isRoot) return expect(asked).toEqual([]);
  const [, update, install, ...more] = asked;
  expect(update).toBe("update");
  expect(install).toMatch(/^install -y --no-install-recommends ceph-mon ceph-osd radosgw /);
  expect(more).toEqual([""]);
  expect(stderr).toContain(
    "Installing what the tests use and this machine lacks: Ceph's S3 gateway,",
  );
});

it("goes on without what cannot be installed, and says so; in CI it fails", () => {
  const offline = 'case "$*" in *" update"|*install*) exit 100;; esac';
  const { status, stderr } = prepareWith(offline);
  expect(status).toBe(0);
  if (isRoot) expect(stderr).toContain("The tests go on without, skip what needs it");
  expect(prepareWith(offline, { CI: "true" }).status).toBe(isRoot ? 1 : 0);
});

it("tries one by one if a package is unknown here", () => {
  const { asked, status, stderr } = prepareWith('case "$*" in *awscli*) exit 100;; esac');
  expect(status).toBe(0);
  if (!isRoot) return;
  expect(asked).toContain("install -y --no-install-recommends procps");
  expect(stderr).toContain("apt-get could not install the AWS CLI; it says why above.");
});

it("changes nothing on a machine without apt-get", () => {
  expect(prepareWith(undefined)).toEqual({ status: 0, stderr: "", asked: [] });
});
