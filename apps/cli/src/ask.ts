import { visibleText } from "@keywhen/host";
import { Interrupted } from "./interrupted.js";

/** Asks on stderr; y or yes is a yes, and so is nothing else. Throws `Interrupted` on Ctrl-C. */
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
    stderr.write("\n"); // the shell's prompt begins a line
    throw error;
  } finally {
    reader.close();
  }
}
