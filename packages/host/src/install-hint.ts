/** How to install an optional package of keywhen next to the command, from the tarballs that `npm run pack` writes. */
export function installHint(name: string, ...others: readonly string[]): string {
  const tarballs = ["@keywhen/core", name].map(tarballOf).join(" ");
  return `Install it from the packed checkout, all in one command: npm install ${[tarballs, ...others].join(" ")} (with --global if keywhen is).`;
}

function tarballOf(name: string): string {
  return `../keywhen/packed/${name.replace(/^@/, "").replace("/", "-")}.tgz`;
}
