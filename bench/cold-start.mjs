// The deployed function from the import of its bundle to its first request, compared with the smallest function with the
// AWS SDK: one LIST, bundled in the same way.
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startAnsweringServer } from "@keywhen/test-servers";
import { build } from "tsup";
import { inTurns, medians, optionsFrom, printedBy } from "./measuring.mjs";
import { printTable } from "./table.mjs";

const FUNCTION = fileURLToPath(
  new URL("../packages/lambda/dist/function/index.mjs", import.meta.url),
);
const HERE = fileURLToPath(new URL("./", import.meta.url));

/** What a user would write who lists a bucket and nothing more, with all the sources of credentials that the SDK has. */
const BARE = `
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
const client = new S3Client({ forcePathStyle: true });
export const handler = () => client.send(new ListObjectsV2Command({ Bucket: "schedule" }));
`;
/** As the function's bundle is made. */
const REQUIRE = `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);`;
const NOTHING_DUE =
  '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const MISSING = { status: 404, body: "<Error><Code>NoSuchKey</Code></Error>" };
/** Runs in a separate process: Linux has one monotonic clock for all processes. */
const START = `
const startedNs = process.hrtime.bigint();
const { handler } = await import(process.argv[1]);
process.stdout.write(JSON.stringify({ started: String(startedNs), imported: String(process.hrtime.bigint()) }));
process.stdout.write = () => true; // the function logs there
await handler({}, { getRemainingTimeInMillis: () => 60_000 });
process.exit();
`;

export async function run(args) {
  const { runs } = optionsFrom(args, { runs: 15 });
  const { keywhen, bare } = await measureColdStart(runs);
  const columns = {
    [`median of ${runs} processes each`]: "name",
    "bundle kB": ({ bytes }) => bytes / 1e3,
    "import ms": "importMs",
    "to first request ms": "firstRequestMs",
  };
  printTable(columns, [
    { name: "one LIST, bare SDK", ...bare },
    { name: "keywhen", ...keywhen },
  ]);
}

/** Medians over this many fresh processes of each, in turns, so that both have the same share of a busy machine. */
export async function measureColdStart(runs) {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-cold-"));
  const requests = [];
  const server = await startAnsweringServer(({ url }) => {
    requests.push(process.hrtime.bigint());
    const headers = { date: new Date().toUTCString() };
    return url.includes("list-type=2") ? { body: NOTHING_DUE, headers } : { ...MISSING, headers };
  });
  try {
    const bundles = { bare: await bundleBare(folder), keywhen: FUNCTION };
    const rounds = await inTurns(runs, Object.keys(bundles), (name) => {
      requests.length = 0;
      return startOnce(bundles[name], server.endpoint, requests);
    });
    const summarize = async (name) => ({
      bytes: (await stat(bundles[name])).size,
      ...medians(rounds.map((round) => round[name])),
    });
    return { bare: await summarize("bare"), keywhen: await summarize("keywhen") };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

async function bundleBare(folder) {
  const source = join(HERE, "node_modules", ".cold-start.mjs"); // where the SDK is found
  await writeFile(source, BARE);
  await build({
    config: false,
    entry: { index: source },
    outDir: folder,
    format: ["esm"],
    outExtension: () => ({ js: ".mjs" }),
    target: "node22",
    platform: "node",
    noExternal: [/.*/],
    splitting: false,
    minify: true,
    esbuildOptions: (options) => {
      options.lineLimit = 160;
    },
    banner: { js: REQUIRE },
    silent: true,
  });
  await rm(source);
  return join(folder, "index.mjs");
}

async function startOnce(bundle, endpoint, requests) {
  const { started, imported } = await printedBy(["--input-type=module", "-e", START, bundle], {
    PATH: process.env.PATH,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
    KEYWHEN_STORE: "s3://schedule?path-style=true",
    KEYWHEN_ALLOW_TARGETS: "target/*",
  });
  if (requests.length === 0) throw new Error(`${bundle} sent nothing`);
  const msSince = (ns) => Number(ns - BigInt(started)) / 1e6;
  return { importMs: msSince(BigInt(imported)), firstRequestMs: msSince(requests[0]) };
}
