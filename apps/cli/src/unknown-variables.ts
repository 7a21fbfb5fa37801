import { closestName } from "@keywhen/core/store";

/** What the command reads. */
const READ = [
  "KEYWHEN_STORE",
  "KEYWHEN_ADAPTER",
  "KEYWHEN_ALLOW_TARGETS",
  "KEYWHEN_SHARDS",
  "KEYWHEN_TZ",
];
/** What the Lambda function and the demo read: one environment may serve them all. */
const READ_BY_OTHERS = [
  "KEYWHEN_MODE",
  "KEYWHEN_POLL",
  "KEYWHEN_MAX_AGE",
  "KEYWHEN_METRICS",
  "KEYWHEN_DEMO_TOKEN",
];

/**
 * A note on the `KEYWHEN_…` variables that nothing reads, as a misspelled one has no effect; `undefined` if there is none. An
 * adapter of the user's own may read any, so that with one only names close to a known one count.
 */
export function unknownVariablesNote(
  env: Readonly<Record<string, string | undefined>>,
  hasOwnAdapter: boolean,
): string | undefined {
  const known = [...READ, ...READ_BY_OTHERS];
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith("KEYWHEN_") && !known.includes(name))
    .map((name) => ({ name, closest: closestName(name, READ) }))
    .filter(({ closest }) => closest !== undefined || !hasOwnAdapter);
  if (unknown.length === 0) return undefined;
  const names = unknown.map(({ name, closest }) =>
    closest === undefined ? name : `${name} (did you mean ${closest}?)`,
  );
  return `Note: keywhen does not read ${names.join(", ")}. It reads ${READ.join(", ")}.`;
}
