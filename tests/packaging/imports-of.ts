import { isBuiltin } from "node:module";
import { buildSync } from "esbuild";

/** The packages that a file of JavaScript or of declarations imports, Node's own left out. */
export function importsOf(file: string, code: string): string[] {
  const specifiers = file.endsWith(".d.ts") ? inDeclarations(code) : inJavaScript(code);
  const packages = specifiers.filter((name) => !name.startsWith(".") && !isBuiltin(name));
  return [...new Set(packages.map(packageOf))];
}

function inJavaScript(contents: string): string[] {
  const { metafile } = buildSync({
    stdin: { contents },
    bundle: true,
    external: ["*"],
    format: "esm",
    metafile: true,
    write: false,
  });
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
}

function inDeclarations(code: string): string[] {
  const withoutExamples = code.replace(/\/\*[\s\S]*?\*\//g, "");
  const found = withoutExamples.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g);
  return [...found].map(([, name = ""]) => name);
}

function packageOf(specifier: string): string {
  const [scope = "", name] = specifier.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}
