import { spawn } from "node:child_process";
import { once } from "node:events";
import { KEYWHEN, type Workplace } from "./run-keywhen.js";

/** What is typed once the screen shows a text. */
interface Typed {
  readonly after: string;
  readonly text: string;
}

/** Runs `keywhen` on a terminal of its own, typing `input` once something is asked. */
export async function onTerminal(
  { folder }: Workplace,
  args: readonly string[],
  input: string | Typed = "",
  more: Record<string, string> = {},
) {
  const typed = typeof input === "string" ? { after: "[y/N]", text: input } : input;
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
    const wasShown = screen.includes(typed.after);
    screen += text;
    if (!wasShown && screen.includes(typed.after)) child.stdin.write(typed.text);
  });
  const [exitCode] = await once(child, "close");
  return { exitCode, screen };
}
