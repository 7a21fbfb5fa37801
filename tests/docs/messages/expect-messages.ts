import { expect, it } from "vitest";
import type { SourceText } from "./message-texts.js";

/** What a user did, and the message that answers it. */
export interface MessageRow {
  readonly what: string;
  /** Throws or rejects with the message, or returns it. */
  readonly cause: () => unknown;
  /** The whole message. */
  readonly message: string;
  /** What the user gave, as the message must show it; not given if the user gave nothing. */
  readonly received?: string;
  /** Why the message has nothing to do for the user. */
  readonly noAction?: string;
}

/** A rule, or a verb that begins an instruction. */
const ACTION =
  /Did you mean|\bmust (?:not )?(?:be|begin|end|have|contain|include|start|say)\b|(?:^|[.:;,(] |\bor |\band |\bto )(?:add|allow|ask|call|cancel|check|choose|connect|convert|copy|correct|create|declare|delete|do not|enable|find|fix|free|give|grant|increase|install|keep|leave|let|list|look|lower|make|move|name|omit|open|pass|provide|put|quote|raise|read|remove|rename|repeat|replace|restart|return|run|schedule|see|send|set|shorten|split|start|stop|store|sweep|switch|take|throw|try|turn|update|upgrade|use|wait|wrap|write)\b/i;

/** Checks that each message is the one that is written here, shows what was received, and says what to do. */
export function expectMessages(rows: readonly MessageRow[]): void {
  it.each(rows)("$what", async ({ cause, message, received, noAction }) => {
    expect(await messageOf(cause)).toBe(message);
    if (received !== undefined) expect(message).toContain(received);
    if (noAction === undefined) expect(message).toMatch(ACTION);
    expect(message).not.toMatch(/\s$|\n|(?<!got |is |or )undefined|\[object|NaN/);
  });
}

/** Expects that each text in the sources is part of a message in the table, or exempt for a reason. */
export function expectComplete(
  texts: readonly SourceText[],
  rows: readonly MessageRow[],
  exempt: Readonly<Record<string, string>> = {},
): void {
  it("has a row for every message in the sources", () => {
    const known = [...rows.map(({ message }) => message), ...Object.keys(exempt)];
    const missing = texts.filter(({ text }) => !known.some((one) => one.includes(text.trim())));
    expect(missing.map(({ text, at }) => `${at}: ${text}`)).toEqual([]);
  });
}

async function messageOf(cause: () => unknown): Promise<unknown> {
  try {
    return await cause();
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}
