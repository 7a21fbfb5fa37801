import { systemClock } from "@keywhen/core";
import type { OpenedSchedule } from "@keywhen/core/store";
import { adapterModule, createInterruption, openSchedule, storeUrl } from "@keywhen/host";
import { Command } from "commander";
import { dryStore } from "./dry-store.js";
import type { ExitCode } from "./exit-codes.js";
import { createOutput, type Output } from "./output.js";
import { localZone, type TimeContext, useZone } from "./time-zone.js";
import { unknownVariablesNote } from "./unknown-variables.js";
import { watchedStore } from "./watched-store.js";

/** The options that every command takes. */
interface CommonOptions {
  readonly store?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly tz?: string | undefined;
  readonly adapter?: string | undefined;
}

/** Where events wait; the session closes it. */
export type CommandSchedule = Omit<OpenedSchedule, typeof Symbol.asyncDispose>;

interface HomeOptions {
  /** Only pretends to write. */
  readonly dryRun?: boolean | undefined;
  /** Says nothing of a folder that does not exist yet. For commands that create it, read nothing, or report it themselves. */
  readonly mayBeMissing?: boolean | undefined;
}

/** What a command works with. */
export interface Session {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  readonly storeUrl: string | undefined;
  /** `--adapter` opens the store, so only it knows what its URL means. */
  readonly hasOwnAdapter: boolean;
  /** How times without an offset are read, as of now. */
  times(): TimeContext;
  /** Opens the store of `--store` until the command has ended. */
  openSchedule(options?: HomeOptions): Promise<CommandSchedule>;
  /** Notes, once, that the folder of the opened store did not exist: at the end of the command at the latest. */
  noteMissingFolder(): void;
  /** Aborts on the first Ctrl-C, and notes it. Asked for by commands that have something to wind down. */
  interruption(note?: (text: string) => void): AbortSignal;
  /** Closes what was opened. */
  close(): Promise<void>;
}

export type Work<O> = (
  session: Session,
  options: O & CommonOptions,
  args: readonly string[],
) => Promise<ExitCode>;

/** Makes a command's work commander's action: gives it a session and sets the exit code. */
export function act<O extends object>(work: Work<O>): (...received: unknown[]) => Promise<void> {
  return async (...received) => {
    const command = received.at(-1);
    if (!(command instanceof Command)) throw new TypeError("commander's action got no command");
    const options = { ...optionsBefore(command), ...command.opts<O>() };
    const session = createSession(options);
    const tell = (error: unknown) => {
      const exitCode = session.output.error(error);
      process.exitCode ||= exitCode;
    };
    try {
      noteUnknownVariables(session);
      useZone(givenZone(options.tz, session.env), session.output.note);
      const exitCode = await work(session, options, command.args);
      session.noteMissingFolder();
      process.exitCode = session.output.exitCode(exitCode);
    } catch (error) {
      tell(error);
    }
    await session.close().catch(tell);
  };
}

/** What was typed before the verb: common options, the nearest ones counting most. */
function optionsBefore({ parent }: Command): CommonOptions {
  return parent === null ? {} : { ...optionsBefore(parent), ...parent.opts<CommonOptions>() };
}

function noteUnknownVariables({ env, hasOwnAdapter, output }: Session): void {
  const note = unknownVariablesNote(env, hasOwnAdapter);
  if (note !== undefined) output.note(note);
}

function givenZone(given: string | undefined, env: Session["env"]): string | undefined {
  return given ?? (env["KEYWHEN_TZ"] || undefined);
}

function createSession(options: CommonOptions): Session {
  const { env } = process;
  const url = storeUrl(options.store, env);
  const adapter = adapterModule(options.adapter, env);
  const output = createOutput({ ...options, store: url, adapter });
  let signal: AbortSignal | undefined;
  let opened: OpenedSchedule | undefined;
  let missingFolder: string | undefined;
  return {
    env,
    output,
    storeUrl: url,
    hasOwnAdapter: adapter !== undefined,
    times: () => ({
      nowMs: systemClock.now(),
      get zone() {
        return localZone(); // 30 ms the first time, which a span from now need not wait for
      },
      isZoneSure: givenZone(options.tz, env) !== undefined || output.isTerminal,
    }),
    openSchedule: async ({ dryRun = false, mayBeMissing = false } = {}) => {
      opened = await openSchedule(url, env, adapter);
      const isFolder = adapter === undefined && /^file:/i.test(url ?? "");
      if (isFolder && !mayBeMissing && (await isBucketMissing(opened))) {
        const { missingFolderNote } = await import("./missing-folder.js"); // rarely needed
        missingFolder = missingFolderNote(url ?? "", opened.bucket);
      }
      const { store, bucket, root, inspect } = opened;
      const real = options.verbose ? watchedStore(store, output.trace) : store;
      return { store: dryRun ? dryStore(real) : real, bucket, root, inspect };
    },
    noteMissingFolder() {
      if (missingFolder !== undefined) output.note(missingFolder);
      missingFolder = undefined;
    },
    interruption(note = output.note) {
      signal ??= createInterruption(note);
      return signal;
    },
    close: async () => opened?.[Symbol.asyncDispose](),
  };
}

async function isBucketMissing({
  store,
  bucket,
  root = "keywhen",
}: OpenedSchedule): Promise<boolean> {
  // This prefix spares a look at every event that waits.
  const page = await store.list({ bucket, prefix: `${root}/shards.json`, limit: 1 });
  return page.isBucketMissing ?? false;
}
