/** The known name that is at most two edits away, if there is one: what a misspelled name was meant to be. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  const within = (edits: number) => known.find((candidate) => isWithin(edits, name, candidate));
  return within(1) ?? within(2);
}

/** Whether so many insertions, deletions and replacements of one character, or fewer, make one of the other. */
function isWithin(edits: number, from: string, to: string): boolean {
  if (from === to) return true;
  const [shorterFrom, shorterTo] = [from.slice(1), to.slice(1)];
  if (from[0] === to[0]) return isWithin(edits, shorterFrom, shorterTo);
  if (edits === 0) return false;
  return (
    isWithin(edits - 1, shorterFrom, shorterTo) ||
    isWithin(edits - 1, shorterFrom, to) ||
    isWithin(edits - 1, from, shorterTo)
  );
}
