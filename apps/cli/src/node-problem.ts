/** Explains why keywhen can't run on a version of Node. Its own file, because main.ts must load nothing else first. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `keywhen needs Node 20.19 or newer; this is ${version}. Update Node.`;
}
