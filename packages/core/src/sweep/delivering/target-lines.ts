import type { DueEvent } from "../due-event.js";

/**
 * Keeps the events of one target in a line: the elder is delivered, and its delete confirmed, before the
 * next one starts; if it fails, the others are held. Targets beyond `mostTargets` at once are not
 * tracked, and `isUnordered` tells so.
 */
export interface TargetLines {
  readonly isUnordered: boolean;
  /** What to do with a new event: start it, or it waits in line, or it shares the fate of an elder one. */
  admit(event: DueEvent): "start" | "wait" | Blocked;
  /** The event has left the schedule: the next one of its target, if one waits. */
  finish(event: DueEvent): DueEvent | undefined;
  /** The event stays: those that waited for it, all of which stay with it, as will all that come but itself. */
  block(event: DueEvent, how: Blocked): readonly DueEvent[];
  hasWaiting(event: DueEvent): boolean;
  /** A listing has met the event: it blocks its line still, if it failed; else it is the first of a line whose blocker has gone. */
  seen(event: DueEvent): void;
  /** Takes every waiting event out of line. */
  clear(): readonly DueEvent[];
  /** Everything has been listed once more: whoever failed and was not seen again blocks nobody any longer. */
  endPass(): void;
}

/** Held behind an elder that was tried in vain, or untried or postponed as it is. */
export type Blocked = "held" | "untried" | "postponed";

interface Line {
  /** The event under way; undefined once one has failed. */
  elder: DueEvent | undefined;
  waiting: DueEvent[];
  /** The key of the event that stayed, how the others stay with it, and whether it was seen in this pass. */
  blockedBy: string | undefined;
  how: Blocked;
  isFresh: boolean;
  /** The one that failed has gone: whoever is listed first is next. */
  isStale: boolean;
}

export function createTargetLines(mostTargets: number): TargetLines {
  const lines = new Map<string, Line>();
  let isUnordered = false;
  const lineOf = (event: DueEvent) => {
    const line = lines.get(event.target);
    return line?.elder === event ? line : undefined; // untracked past the limit
  };
  return {
    get isUnordered() {
      return isUnordered;
    },
    admit(event) {
      const line = lines.get(event.target);
      if (line === undefined) {
        if (lines.size < mostTargets) lines.set(event.target, newLine(event));
        else isUnordered = true;
        return "start";
      }
      if (line.elder === undefined) {
        if (line.blockedBy !== event.key) return line.how;
        line.elder = event;
        line.blockedBy = undefined;
        line.isStale = false;
        return "start";
      }
      line.waiting.push(event);
      return "wait";
    },
    finish(event) {
      const line = lineOf(event);
      if (line === undefined) return undefined;
      line.elder = line.waiting.shift();
      if (line.elder === undefined) lines.delete(event.target);
      return line.elder;
    },
    block(event, how) {
      const line = lineOf(event);
      if (line === undefined) return [];
      line.elder = undefined;
      line.blockedBy = event.key;
      line.how = how;
      line.isFresh = true;
      line.isStale = false;
      return line.waiting.splice(0);
    },
    hasWaiting: (event) => (lineOf(event)?.waiting.length ?? 0) > 0,
    seen(event) {
      const line = lines.get(event.target);
      if (line?.elder !== undefined) return;
      if (line?.blockedBy === event.key) line.isFresh = true;
      else if (line?.isStale) lines.delete(event.target);
    },
    clear: () => [...lines.values()].flatMap((line) => line.waiting.splice(0)),
    endPass() {
      for (const [target, line] of lines) {
        if (line.elder !== undefined) continue;
        if (line.isStale) lines.delete(target);
        line.isStale = !line.isFresh;
        line.isFresh = false;
      }
    },
  };
}

function newLine(elder: DueEvent): Line {
  return { elder, waiting: [], blockedBy: undefined, how: "held", isFresh: false, isStale: false };
}
