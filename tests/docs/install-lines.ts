import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesOf } from "./files.js";
import { root } from "./pages.js";

/** A command that a reader or a build would type to install packages. */
export interface InstallLine {
  /** For example `README.md:42`. */
  readonly place: string;
  /** From the package manager on, like `npm install --global ../keywhen/packed/keywhen.tgz`. */
  readonly command: string;
  /** What it installs: names, versions and paths, without options. */
  readonly packages: readonly string[];
}

const COMMAND =
  /\b(?:npm (?:install|i|add)|pnpm (?:install|i|add)|yarn add|bun (?:install|add)|deno (?:install|add))(?: +(?:[^\s`'"#()&|;,]+))+/g;

/** A test that quotes a message, the lockfile's neighbors, and what is generated from comments that are read here as well. */
const NOT_READ =
  /\.test\.|(?:^|\/)(?:pnpm-lock\.yaml|CHANGELOG\.md)$|^docs\/api\/|install-lines\.ts$/;

/** Every install command in the pages, the examples and the texts that programs print. */
export function installLines(): InstallLine[] {
  return textFiles().flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8").replace(/\\\n\s*/g, (lines) =>
      " ".repeat(lines.length),
    );
    return [...text.matchAll(COMMAND)].map(({ 0: command, index }) => {
      const place = `${file}:${text.slice(0, index).split("\n").length}`;
      return { place, command: command.replace(/ +/g, " "), packages: packagesOf(command) };
    });
  });
}

function packagesOf(command: string): string[] {
  const [, , ...words] = command.split(/ +/);
  return words.filter((word) => !word.startsWith("-") && word !== "…").map(withoutFullStop);
}

function withoutFullStop(word: string): string {
  return word.replace(/\.$/, "");
}

function textFiles(): string[] {
  return filesOf(/\.(?:md|ts|mjs|yaml|service|tf)$|Containerfile$/).filter(
    (file) => !NOT_READ.test(file),
  );
}
