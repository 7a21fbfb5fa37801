import { fileURLToPath } from "node:url";
import { createInterruption, openSchedule } from "@keywhen/host";
import { createApp } from "./app.js";
import { openDemo, type RunningDemo } from "./open-demo.js";
import { type DemoOptions, readOptions } from "./options.js";
import { pageRoutes } from "./page-files.js";
import { newToken } from "./security.js";
import { seedDemo } from "./seed-demo.js";
import { serve } from "./serve.js";

const PAGE = fileURLToPath(new URL("../page", import.meta.url));

/** Runs the demo until Ctrl-C; `say` prints a line. */
export async function runDemo(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
): Promise<void> {
  const options = readOptions(args, env);
  await using home = await openSchedule(options.storeUrl, env, options.adapter);
  const demo = openDemo(home, options);
  const ending = createInterruption(say);
  const token = options.isOpen ? (options.token ?? newToken()) : undefined;
  const app = createApp({ demo, page: await pageRoutes(PAGE), token, ending });
  const isSeeded = options.isOwnStore && !options.isReadOnly && (await seedDemo(demo));
  await using server = await serve(app, options);
  for (const line of describe(options, demo, isSeeded)) say(line);
  for (const line of ["", `  ${addressOf(options, server.port, token)}`, ""]) say(line);
  say("Press Ctrl-C to stop.");
  await demo.run(ending);
}

function describe(options: DemoOptions, demo: RunningDemo, isSeeded: boolean): readonly string[] {
  const { storeUrl, allow, isReadOnly, sweeps } = options;
  const sweeping = sweeps
    ? `delivers what is due to ${allow.join(", ")}`
    : allow.length > 0
      ? "the sweeper is off until it is started on the page"
      : "does not sweep (start it with --allow 'bucket/*' to sweep)";
  const what = isReadOnly ? "is read-only (--read-only)" : sweeping;
  const lines = [`Events wait in ${storeUrl}, bucket ${demo.home.bucket}; this server ${what}.`];
  if (isSeeded)
    lines.push("The store was empty: a few events were scheduled, the first is due in 5 s.");
  return lines;
}

function addressOf({ host, isOpen }: DemoOptions, port: number, token: string | undefined): string {
  const isAnyAddress = host === "0.0.0.0" || host === "::";
  const name = isAnyAddress ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const address = `http://${name}:${port}/`;
  return isOpen && token !== undefined ? `${address}?token=${encodeURIComponent(token)}` : address;
}
