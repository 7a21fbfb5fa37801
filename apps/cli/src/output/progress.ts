import { visibleText } from "@keywhen/host";
import type { Output } from "./output.js";

/** One line on stderr that is overwritten, on a terminal. */
export interface Progress {
  /** Stderr is a terminal, and progress is wanted. */
  readonly isShown: boolean;
  show(text: string): void;
  /** Removes the line. */
  clear(): void;
}

const CLEAR_LINE = "\r\u001b[2K";

export function createProgress({ isJson, isQuiet }: Pick<Output, "isJson" | "isQuiet">): Progress {
  const { stderr } = process;
  const isShown = (stderr.isTTY ?? false) && !isJson && !isQuiet;
  let isThere = false;
  return {
    isShown,
    show(text) {
      if (!isShown) return;
      stderr.write(`${CLEAR_LINE}${visibleText(text).slice(0, (stderr.columns || 80) - 1)}`);
      isThere = true;
    },
    clear() {
      if (isThere) stderr.write(CLEAR_LINE);
      isThere = false;
    },
  };
}
