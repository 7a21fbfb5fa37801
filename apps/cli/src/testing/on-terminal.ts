import { spawn } from "node:child_process";
import { once } from "node:events";
import { KEYWHEN, type Workplace } from "./run-keywhen.js";

/** Runs `keywhen` on a terminal of its own, typing `input` once something is asked. */
export async function onTerminal(
  { folder }: Workplace,
  args: readonly string[],
  input?: string,
  more: Record<string, string> = {},
) {
  const words = [process.execPath, KEYWHEN, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qefc", words, "/dev/null"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      TZ: "UTC",
      KEYWHEN_STORE: "file:./data",
      NO_COLOR: "1",
      ...more,
    },
  });
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (!screen.includes("[y/N]") && (screen + text).includes("[y/N]")) child.stdin.write(input);
    screen += text;
  });
  const [exitCode] = await once(child, "close");
  return { exitCode, screen };
}
