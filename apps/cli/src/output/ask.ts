import { visibleText } from "@keywhen/host";

/** Ctrl-C at a question: nothing has been done, and the command prints nothing. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Asks on stderr. Returns true for y or yes. Throws `Interrupted` on Ctrl-C. */
export async function ask(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline"); // loaded only for questions
  const { stdin, stderr } = process;
  const reader = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      reader.once("SIGINT", () => reject(new Interrupted()));
      reader.once("close", () => resolve("")); // Ctrl-D
      reader.question(`${visibleText(question)} [y/N] `, resolve);
    });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    stderr.write("\n"); // the shell's prompt starts on a new line
    throw error;
  } finally {
    reader.close();
  }
}
