// Writes the API reference to docs/api, or to the folder that is named: one page for each entry, in Markdown.
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { Application, LogLevel, TSConfigReader } from "typedoc";
import { entries, root } from "./entries.mjs";

const folder = resolve(process.argv[2] ?? `${root}docs/api`);
const app = await Application.bootstrapWithPlugins(
  {
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: entries.map(({ source }) => root + source),
    tsconfig: `${root}tools/api-docs/tsconfig.json`,
    basePath: root,
    name: "keywhen's API",
    readme: "none",
    // Line numbers would change with every edit.
    disableSources: true,
    // `npm run check` checks the types.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    validation: { invalidLink: true, notExported: false },
    logLevel: LogLevel.Warn,
    outputs: [{ name: "markdown", path: folder }],
    outputFileStrategy: "modules",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    useHTMLAnchors: true,
    expandObjects: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
  },
  [new TSConfigReader()],
);
const project = await app.convert();
if (project === undefined) process.exit(1);

const names = new Map(
  entries.map(({ name, source }) => [source.replace(/(?:\/index)?\.ts$/, ""), name]),
);
for (const page of project.children ?? []) page.name = names.get(page.name) ?? page.name;
app.validate(project);
rmSync(folder, { recursive: true, force: true });
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
