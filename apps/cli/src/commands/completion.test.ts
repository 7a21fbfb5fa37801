import { spawnSync } from "node:child_process";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { createProgram } from "../program.js";
import { useWorkplace } from "../testing/run-keywhen.js";
import { completionScript } from "./completion-script.js";

const place = useWorkplace({ inProcess: true });
const program = createProgram(() => {});
const bash = completionScript("bash", program);

/** What bash offers for the last of these words. */
function offered(...typed: string[]): string[] {
  const words = ["keywhen", ...typed].map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${words}) COMP_CWORD=${typed.length}\n_keywhen\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  const options = { input: `${bash}\n${ask}`, encoding: "utf8" } as const;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-s"], options);
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

const verbsOf = (command: Command) => command.commands.map((verb) => verb.name());

describe("keywhen completion", () => {
  it("lets bash complete every verb, and the verbs of a verb", () => {
    expect(offered("")).toEqual(expect.arrayContaining([...verbsOf(program), "help", "--store"]));
    expect(offered("sch")).toEqual(["schedule", "schedules"]);
    expect(offered("dead", "re")).toEqual(["redrive"]);
    const groups = program.commands.filter(({ commands }) => commands.length > 0);
    expect(groups.map((group) => group.name())).toEqual(["schedules", "dead", "shards"]);
    for (const group of groups) {
      expect(offered(group.name(), "")).toEqual(expect.arrayContaining(verbsOf(group)));
    }
  });

  it("lets bash complete each verb's own options, also after others and their values", () => {
    expect(offered("schedule", "--del")).toEqual(["--delivery-id"]);
    expect(offered("schedule", "--at", "+1h", "--to", "dead/x", "--bo")).toEqual(["--body"]);
    expect(offered("-q", "dead", "list", "--id")).toEqual(["--ids"]);
    expect(offered("list", "--del")).toEqual([]);
  });

  it("leaves values to bash, which completes file names", () => {
    expect(offered("schedule", "--file", "")).toEqual([]);
    expect(offered("schedule", "--json", "").length).toBeGreaterThan(5);
    expect(bash).toContain("complete -o default -F _keywhen keywhen");
  });

  it("offers the choices of an option and of an argument", () => {
    expect(offered("list", "--codec", "")).toEqual(["v1", "s3-scheduler"]);
    expect(offered("run", "--codec", "s")).toEqual(["s3-scheduler"]);
    expect(offered("completion", "z")).toEqual(["zsh"]);
  });

  it("writes for the shell in SHELL by default", async () => {
    const zsh = await place.runWith({ SHELL: "/usr/bin/zsh" }, ["completion"]);
    expect(zsh.stdout).toMatch(/^autoload .*compinit\n.*bashcompinit/);
    expect(zsh.stdout).toContain(bash);
  });

  it("describes each verb and option to fish", async () => {
    const { stdout } = await place.run(["completion", "fish"]);
    for (const verb of verbsOf(program))
      expect(stdout).toContain(`'__keywhen_at ""' -f -a ${verb} -d '`);
    expect(stdout).toMatch(
      /'__keywhen_at " dead list"' -f -a|'__keywhen_at " dead list"' .*-l ids/,
    );
    expect(stdout).toMatch(/'__keywhen_at " schedule"' -l file -r -d '/);
  });
});
