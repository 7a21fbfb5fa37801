import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("require-node.cjs", import.meta.url));

/** Runs the check as if this were another version of Node. */
function checkOn(version) {
  const pretend = `Object.defineProperty(process.versions, "node", { value: "${version}" });`;
  const check = `${pretend} require(${JSON.stringify(SCRIPT)}); console.log("goes on");`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", check], {
    encoding: "utf8",
  });
  return { status, printed: stdout + stderr };
}

it.each(["16.20.2", "18.20.0", "20.9.0", "20.18.3"])(
  "a command of the checkout ends with one line on Node %s",
  (version) => {
    const line = `keywhen needs Node 20.19 or newer; this is ${version}.\n`;
    expect(checkOn(version)).toEqual({ status: 1, printed: line });
  },
);

it.each(["20.19.0", "22.12.0", "24.0.0"])("a command goes on on Node %s", (version) => {
  expect(checkOn(version)).toEqual({ status: 0, printed: "goes on\n" });
});

it("the oldest Node is the one that package.json names", () => {
  const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(readFileSync(SCRIPT, "utf8")).toContain(
    `[${engines.node.replace(">=", "").replace(".", ", ")}]`,
  );
});
