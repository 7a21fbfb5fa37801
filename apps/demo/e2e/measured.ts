/** Writes a measured figure into the test's output: figures show a slow change long before a limit does. */
export function measured(what: string, figure: string): void {
  process.stdout.write(`  measured: ${what}: ${figure}\n`);
}
