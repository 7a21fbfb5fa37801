import { expect, it } from "vitest";
import type { SourceText } from "./message-texts.js";

/** Throws or rejects with a message, or returns it. */
type Cause = () => unknown;

/** Whole messages, each with what causes it. ⟦ and ⟧ mark the value received, or else what is missing or wrong. */
export type Messages = Readonly<Record<string, Cause | readonly Cause[]>>;

/** Messages that leave nothing for the user to do, by the reason. */
export type Facts = Readonly<Record<string, Messages>>;

interface Table {
  readonly messages: Messages;
  readonly facts?: Facts;
  /** The texts of the sources. Each must be part of a message. */
  readonly texts: readonly SourceText[];
  /** Texts that need no row, by the reason. */
  readonly exempt?: Readonly<Record<string, readonly string[]>>;
}

/** A rule, or a verb that begins an instruction. */
const ACTION =
  /Did you mean|\bmust (?:not )?(?:be|begin|end|have|contain|include|start|say)\b|(?:^|[.:;,(] |\bor |\band |\bto )(?:add|allow|ask|call|cancel|change|check|choose|connect|convert|copy|correct|create|declare|delete|do not|drop|enable|export|find|fix|free|give|grant|import|increase|install|keep|leave|let|limit|list|look|lower|make|mount|move|name|omit|open|pass|provide|put|quote|raise|read|remove|rename|renew|repeat|replace|report|restart|return|run|reschedule|schedule|see|send|set|shorten|split|start|stop|store|sweep|switch|take|throw|try|turn|update|upgrade|use|wait|wrap|write)\b/i;

/** Checks that each cause gives its message, that the message names what was received and what to do, and that no text has no row. */
export function expectMessages({ messages, facts = {}, texts, exempt = {} }: Table): void {
  for (const [marked, causes] of Object.entries(messages)) {
    it(`says ${marked}`, async () => {
      await expectMessage(marked, causes);
      expect(marked).toMatch(/⟦.+⟧/s);
      expect(marked).toMatch(ACTION);
    });
  }
  const known = Object.values(facts);
  for (const [marked, causes] of known.flatMap(Object.entries)) {
    it(`says ${marked}`, () => expectMessage(marked, causes));
  }
  it("has a row for every message in the sources", () => {
    const rows = [messages, ...known].flatMap(Object.keys).map(unmarked);
    const covered = [...rows, ...Object.values(exempt).flat()];
    const missing = texts.filter(({ text }) => !covered.some((row) => row.includes(text.trim())));
    expect(missing.map(({ text, at }) => `${at}: ${text}`)).toEqual([]);
  });
}

/** Completes messages that have their beginning and end in common. */
export function framed(frame: (part: string) => string, parts: Messages): Messages {
  return Object.fromEntries(Object.entries(parts).map(([part, cause]) => [frame(part), cause]));
}

async function expectMessage(marked: string, causes: Messages[string]): Promise<void> {
  for (const cause of [causes].flat()) expect(await messageOf(cause)).toBe(unmarked(marked));
  expect(unmarked(marked)).not.toMatch(/\s$|\n|(?<!got |is |or |type )undefined|\[object|NaN/);
}

function unmarked(message: string): string {
  return message.replace(/[⟦⟧]/g, "");
}

async function messageOf(cause: Cause): Promise<unknown> {
  try {
    return await cause();
  } catch (error) {
    if (!(error instanceof Error)) return error;
    return "hint" in error && error.hint ? `${error.message} ${error.hint}` : error.message;
  }
}
