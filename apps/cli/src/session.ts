import { systemClock } from "@keywhen/core/internal";
import type { OpenedSchedule } from "@keywhen/core/store";
import { adapterModule, createInterruption, openSchedule, storeUrl } from "@keywhen/host";
import { Command } from "commander";
import { dryStore } from "./dry-store.js";
import type { ExitCode } from "./exit-codes.js";
import { localZone, type TimeContext, useZone } from "./input/time-zone.js";
import { optionError } from "./option-error.js";
import { createOutput, type Output } from "./output/output.js";
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

/** An opened schedule, which the session closes. */
export type CommandSchedule = Omit<OpenedSchedule, typeof Symbol.asyncDispose>;

interface OpenOptions {
  /** Confirms writes without sending them. */
  readonly dryRun?: boolean | undefined;
  /** Suppresses the note about a missing folder, for commands that create it, read nothing, or report it themselves. */
  readonly mayBeMissing?: boolean | undefined;
}

/** The environment, the output and the schedule of one command. */
export interface Session {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  readonly storeUrl: string | undefined;
  /** `--adapter` opens the store, and defines the meaning of its URL. */
  readonly hasOwnAdapter: boolean;
  /** The zone of `--tz` or `KEYWHEN_TZ`. */
  readonly zone: string | undefined;
  /** How times without an offset are read, as of now. */
  times(): TimeContext;
  /** Opens the store of `--store` until the command has ended. */
  openSchedule(options?: OpenOptions): Promise<CommandSchedule>;
  /** Notes once that the folder of the store does not exist. Called at the end of a command, if not before. */
  noteMissingFolder(): void;
  /** Returns a signal that the first Ctrl-C aborts, for commands that have to shut down. */
  interruption(note?: (text: string) => void): AbortSignal;
  /** Closes what was opened. */
  close(): Promise<void>;
}

export type Work<O> = (
  session: Session,
  options: O & CommonOptions,
  args: readonly string[],
) => Promise<ExitCode>;

/** Makes a commander action of a command's work: passes a session, and sets the exit code. */
export function act<O extends object>(work: Work<O>): (...received: unknown[]) => Promise<void> {
  return async (...received) => {
    const command = received.at(-1);
    if (!(command instanceof Command)) throw new TypeError("commander's action got no command");
    const options = { ...optionsBefore(command), ...command.opts<O>() };
    const session = createSession(options);
    const report = (error: unknown) => {
      const exitCode = session.output.error(optionError(error, command));
      process.exitCode ||= exitCode;
    };
    try {
      const note = unknownVariablesNote(session.env, session.hasOwnAdapter);
      if (note !== undefined) session.output.note(note);
      useZone(givenZone(options.tz, session.env), session.output.note);
      const exitCode = await work(session, options, command.args);
      session.noteMissingFolder();
      process.exitCode = session.output.exitCode(exitCode);
    } catch (error) {
      report(error);
    }
    await session.close().catch(report);
  };
}

/** Returns the common options before the verb. The closest to the verb wins. */
function optionsBefore({ parent }: Command): CommonOptions {
  return parent === null ? {} : { ...optionsBefore(parent), ...parent.opts<CommonOptions>() };
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
    zone: givenZone(options.tz, env),
    times: () => ({
      nowMs: systemClock.now(),
      get zone() {
        return localZone(); // takes 30 ms the first time, which a span from now does not need
      },
      isZoneSure: givenZone(options.tz, env) !== undefined || output.isTerminal,
    }),
    openSchedule: async ({ dryRun = false, mayBeMissing = false } = {}) => {
      opened = await openSchedule(url, env, adapter);
      const isFolder = adapter === undefined && /^file:/i.test(url ?? "");
      if (isFolder && !mayBeMissing && (await isBucketMissing(opened))) {
        missingFolder = `${pathOf(url ?? "")}/${opened.bucket}`;
      }
      const { store, bucket, root, inspect } = opened;
      const real = options.verbose ? watchedStore(store, output.trace) : store;
      return { store: dryRun ? dryStore(real) : real, bucket, root, inspect };
    },
    noteMissingFolder() {
      if (missingFolder === undefined) return;
      output.note(
        `There is no folder ${missingFolder} yet, so nothing is scheduled there. The first event creates it; if you expected events, correct the store URL.`,
      );
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
  // This prefix avoids listing the waiting events.
  const page = await store.list({ bucket, prefix: `${root}/shards.json`, limit: 1 });
  return page.isBucketMissing ?? false;
}

/** Returns the path of a `file:` URL without changing it. Opening the store has checked its form. */
function pathOf(url: string): string {
  const [path = ""] = url.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, "").split("?");
  return decodeURIComponent(path).replace(/\/+$/, "");
}
