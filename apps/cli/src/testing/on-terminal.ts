import { spawn } from "node:child_process";
import { once } from "node:events";
import { KEYWHEN, type Words, type Workplace, wordsOf } from "./run-keywhen.js";

/** A text that is typed when the screen shows another text. */
interface Typed {
  readonly after: string;
  readonly text: string;
}

/** Runs `keywhen` on a new terminal, and types `input` when it asks. */
export async function onTerminal(
  { folder }: Workplace,
  args: Words,
  input: string | Typed = "",
  more: Record<string, string> = {},
) {
  const typed = typeof input === "string" ? { after: "[y/N]", text: input } : input;
  const words = [process.execPath, KEYWHEN, ...wordsOf(args)].map((word) => `'${word}'`).join(" ");
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
