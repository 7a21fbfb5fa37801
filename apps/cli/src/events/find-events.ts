import { createScheduler, type ScheduledEvent } from "@keywhen/core";
import { lineOf } from "../commands/list.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { readLimit } from "../input/read-numbers.js";
import { toJson } from "../output/output.js";
import { createProgress } from "../output/progress.js";
import type { Session } from "../session.js";
import { readGroup } from "./event-group.js";
import type { GroupOptions } from "./group-options.js";
import { searchProgress } from "./search-progress.js";

export interface FindOptions extends GroupOptions {
  readonly limit?: string | undefined;
  readonly ids?: boolean | undefined;
}

/** The work of `keywhen find`. */
export async function findEvents(session: Session, options: FindOptions): Promise<ExitCode> {
  const { output } = session;
  const limit = readLimit(options.limit);
  const { query, name, key } = await readGroup(options, session.times());
  const scheduler = createScheduler(await session.openSchedule());
  const idsOnly = options.ids || (output.isQuiet && !output.isJson);
  const show = (event: ScheduledEvent) =>
    output.line(idsOnly ? event.id : output.isJson ? toJson(event) : lineOf(event));
  const progress = createProgress(output);
  const found = scheduler.find(query, { onProgress: searchProgress(progress) });
  let given = 0;
  try {
    for await (const event of found) {
      if (key !== undefined && event.to.key !== key) continue;
      progress.clear();
      await show(event);
      given += 1;
      if (given === limit || output.isClosed) break;
    }
  } finally {
    progress.clear();
  }
  if (given === 0 && output.isTerminal && !output.isJson && !idsOnly) {
    output.note(`No event ${name} waits.`);
  }
  return EXIT.done;
}
