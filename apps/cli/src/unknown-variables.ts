import { closestName } from "@keywhen/core/store";
import { describesEvent } from "./destinations/event-variables.js";

/** The variables that the command reads. */
const READ = [
  "KEYWHEN_STORE",
  "KEYWHEN_ADAPTER",
  "KEYWHEN_ALLOW_TARGETS",
  "KEYWHEN_SHARDS",
  "KEYWHEN_JOURNAL",
  "KEYWHEN_TZ",
  "KEYWHEN_WEBHOOK_SECRET",
];
/** The variables that the Lambda function and the demo read, because they can share one environment. */
const READ_BY_OTHERS = [
  "KEYWHEN_MODE",
  "KEYWHEN_POLL",
  "KEYWHEN_MAX_AGE",
  "KEYWHEN_METRICS",
  "KEYWHEN_POST",
  "KEYWHEN_DEMO_TOKEN",
];

/**
 * Returns a note about `KEYWHEN_…` variables that nothing reads, because a misspelled one has no effect. The user's own adapter
 * may read any variable, so with one the note has only names that are close to a known one.
 */
export function unknownVariablesNote(
  env: Readonly<Record<string, string | undefined>>,
  hasOwnAdapter: boolean,
): string | undefined {
  const known = [...READ, ...READ_BY_OTHERS];
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith("KEYWHEN_") && !known.includes(name))
    .filter((name) => !name.startsWith("KEYWHEN_WEBHOOK_SECRET_") && !describesEvent(name))
    .map((name) => ({ name, closest: closestName(name, READ) }))
    .filter(({ closest }) => closest !== undefined || !hasOwnAdapter);
  if (unknown.length === 0) return undefined;
  const names = unknown.map(({ name, closest }) =>
    closest === undefined ? name : `${name} (did you mean ${closest}?)`,
  );
  return `Note: keywhen does not read ${names.join(", ")}. It reads ${READ.join(", ")}.`;
}
