// The deployed function from the import of its bundle to its first request, beside the least that a function with the
// AWS SDK can be: one LIST, bundled in the same way.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startAnsweringServer } from "@keywhen/test-servers";
import { build } from "tsup";
import { median } from "./ceph-home.mjs";

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
/** A process of its own: Linux has one monotonic clock for all of them. */
const START = `
const startedNs = process.hrtime.bigint();
const { handler } = await import(process.argv[1]);
process.stdout.write(JSON.stringify({ started: String(startedNs), imported: String(process.hrtime.bigint()) }));
await handler({}, { getRemainingTimeInMillis: () => 60_000 });
process.exit();
`;

export async function run(args) {
  const { values } = parseArgs({ args, options: { runs: { type: "string", default: "15" } } });
  const { keywhen, bare } = await measureColdStart(Number(values.runs));
  console.log(
    `median of ${values.runs} processes each       bundle kB   import ms   to first request ms`,
  );
  for (const [name, figures] of Object.entries({ "one LIST, bare SDK": bare, keywhen })) {
    const { bytes, importMs, firstRequestMs } = figures;
    console.log(
      `  ${name.padEnd(36)}${(bytes / 1e3).toFixed(0).padStart(8)}${importMs.toFixed(0).padStart(12)}${firstRequestMs.toFixed(0).padStart(22)}`,
    );
  }
}

/** Medians over so many fresh processes of each, in turns, so that both have the same share of a busy machine. */
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
    const figures = { bare: [], keywhen: [] };
    for (let index = 0; index < runs; index += 1) {
      for (const [name, bundle] of Object.entries(bundles)) {
        requests.length = 0;
        figures[name].push(await startOnce(bundle, server.endpoint, requests));
      }
    }
    return {
      bare: await summarize(bundles.bare, figures.bare),
      keywhen: await summarize(bundles.keywhen, figures.keywhen),
    };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

async function summarize(bundle, all) {
  return {
    bytes: (await stat(bundle)).size,
    importMs: median(all.map(({ importMs }) => importMs)),
    firstRequestMs: median(all.map(({ firstRequestMs }) => firstRequestMs)),
  };
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
  const child = spawn(process.execPath, ["--input-type=module", "-e", START, bundle], {
    env: {
      PATH: process.env.PATH,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
      KEYWHEN_STORE: "s3://schedule?path-style=true",
      KEYWHEN_ALLOW_TARGETS: "target/*",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0 || requests.length === 0) throw new Error(`${bundle} ended with ${exitCode}`);
  const { started, imported } = JSON.parse(said.slice(0, said.indexOf("}") + 1));
  const msSince = (ns) => Number(ns - BigInt(started)) / 1e6;
  return { importMs: msSince(BigInt(imported)), firstRequestMs: msSince(requests[0]) };
}
