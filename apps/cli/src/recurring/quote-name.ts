/** Returns a schedule's name as a word of a shell. */
export function quoteName(name: string): string {
  return /^[\w.@/:=+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
