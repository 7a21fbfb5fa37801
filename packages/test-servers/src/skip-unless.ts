const told = new Set<string>();

interface Describe {
  readonly skip: unknown;
}

/**
 * `describe`, or its `skip` if what the tests need isn't on this machine: then `line` is said once, loudly. In CI (`CI` is
 * set), where everything is installed, that is a failure.
 */
export function skipUnless<D extends Describe>(
  describe: D,
  isThere: boolean,
  line: string,
): D | D["skip"] {
  if (isThere) return describe;
  if (process.env["CI"]) throw new Error(line);
  if (!told.has(line)) process.stderr.write(`\n*** ${line}\n\n`);
  told.add(line);
  return describe.skip;
}
