import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OpenedSchedule } from "@keywhen/core/store";
import { expect } from "vitest";
import { openWorkplace, type Words } from "../../../apps/cli/src/testing/run-keywhen.js";

interface Given {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** What `--adapter` opens. */
  readonly schedule?: Partial<OpenedSchedule>;
  /** The text of the adapter's module. */
  readonly module?: string;
  readonly input?: string;
}

/** Replaces instants, and how long ago they were. */
export function withoutTimes(text: string): string {
  const instant = /\w{3} \d+ \w{3} \d{4}, \d\d:\d\d:\d\d [\w/]+(?: \(\S+Z, [^)]*\))?/g;
  return text.replace(instant, "TIME").replace(/[\d,]+ d(?: \d+ h)? ago/, "AGO");
}

/** What `keywhen` prints on stderr, which must be one line. Its exit code must be as expected. */
export function keywhen(
  exitCode: number,
  args: Words,
  { env, schedule, module, input = "payload" }: Given = {},
) {
  return async () => {
    await using place = await openWorkplace({ inProcess: true });
    Object.assign(globalThis, { scheduleOfMessages: schedule });
    const source = module ?? "export const open = () => globalThis.scheduleOfMessages;";
    await writeFile(join(place.folder, "my-store.mjs"), source);
    const run = await place.runWith({ ...env }, args, input);
    expect(run.exitCode).toBe(exitCode);
    if (exitCode !== 0) expect(run.stdout).toBe("");
    expect(place.files()).toEqual([]);
    expect(run.stderr).toMatch(/^[^\n]+\n$/);
    const line = run.stderr.trimEnd().replaceAll(place.folder, "/home");
    return withoutTimes(line.startsWith("{") ? fromJson(line) : line.replace(/^keywhen: /, ""));
  };
}

function fromJson(line: string): string {
  const { message, hint } = JSON.parse(line).error;
  return [message, hint].join(" ");
}

/** The words of the command line that open `schedule` or `module`. */
export const MINE = "--adapter ./my-store.mjs --store mine:x";
