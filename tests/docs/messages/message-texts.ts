import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { root } from "../pages.js";

/** A text in the sources that a user may read, and where it is. */
export interface SourceText {
  readonly text: string;
  readonly at: string;
}

/** Calls whose texts are help, and not messages. */
const HELP_CALLS = ["description", "option", "argument", "addHelpText", "summary", "usage"];
const FEWEST_WORDS = 4;

/** Returns the texts of four words and more in some folders and files: of a template, each part between two values. */
export function messageTextsIn(
  paths: readonly string[],
  isSource: (file: string) => boolean = () => true,
): SourceText[] {
  const files = paths.flatMap((path) =>
    path.endsWith(".ts") ? [path] : sourcesIn(path).map((file) => join(path, file)),
  );
  return files.filter(isSource).flatMap((file) => textsIn(join(root, file)));
}

function sourcesIn(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => /^(?!testing\/).*(?<!\.test|\.d)\.tsx?$/.test(file));
}

function textsIn(file: string): SourceText[] {
  const code = readFileSync(file, "utf8");
  const { program } = parseSync(file, code);
  const texts: SourceText[] = [];
  visit(program, (text, start) => {
    const line = code.slice(0, start).split("\n").length;
    texts.push({ text, at: `${relative(root, file)}:${line}` });
  });
  return texts;
}

function visit(node: unknown, found: (text: string, start: number) => void): void {
  if (Array.isArray(node)) for (const child of node) visit(child, found);
  if (!isNode(node)) return;
  if (isHelpCall(node) || /Import|Export(?:All|Specifier)/.test(node.type)) return;
  for (const text of textsOfNode(node)) if (isSentence(text)) found(text, node.start);
  for (const [key, child] of Object.entries(node)) if (key !== "parent") visit(child, found);
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly callee?: unknown;
  readonly property?: unknown;
  readonly name?: unknown;
  readonly value?: unknown;
}

function isNode(node: unknown): node is Node {
  return typeof node === "object" && node !== null && "type" in node && "start" in node;
}

function isHelpCall({ type, callee }: Node): boolean {
  if (type !== "CallExpression" || !isNode(callee) || !isNode(callee.property)) return false;
  return HELP_CALLS.includes(String(callee.property.name));
}

function textsOfNode({ type, value }: Node): string[] {
  if (type === "Literal" && typeof value === "string") return [value];
  if (type !== "TemplateElement" || typeof value !== "object" || value === null) return [];
  return "cooked" in value && typeof value.cooked === "string" ? [value.cooked] : [];
}

function isSentence(text: string): boolean {
  if (/^<|\n|charset=/.test(text) || /^\S*$/.test(text.trim())) return false; // help, a script, a type, an address
  return (text.match(/[A-Za-z][A-Za-z'-]+/g) ?? []).length >= FEWEST_WORDS;
}
