import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./files.js";
import { VALUES } from "./values-of-code.js";

/** A page and a part of its text, where `{name}` is one of the values of the code. */
const CLAIMS = `
README.md | more than {skewMs} ms ahead of the store's clock
README.md | accurate to {readingMs} ms
README.md | at most {earliestMs} ms early
README.md | after 1, 2, 4 … {longestBackOffM} minutes
README.md | A million events a month cost about {millionEvents} dollars
PROTOCOL.md | | \`root\` | \`{root}\` by default
PROTOCOL.md | one character; {idLength} random characters
PROTOCOL.md | minus {suffixBytes} bytes, which are reserved
PROTOCOL.md | suffix: {keyBytes} bytes if
PROTOCOL.md | over n shards, 1 to {mostShards}.
PROTOCOL.md | cache the shard map for {rereadM} minutes
PROTOCOL.md | they start and every {rereadM} minutes
PROTOCOL.md | a \`from\` at least {announcedM} minutes ahead
PROTOCOL.md | The guard is {guardS} seconds by default and at least {smallestGuardS},
PROTOCOL.md | more than half the guard − {readingErrorS} s
PROTOCOL.md | came within {failedWithinS} s, it waits {lookAgainS} s
PROTOCOL.md | are due {backOff} minutes after max(\`when\`, last modified), and then every {longestBackOffM} minutes
PROTOCOL.md | \`sweptThrough\` is {listingErrorS} s behind
PROTOCOL.md | plus at most {leaseS} s.
PROTOCOL.md | only if {leftS} s are left
PROTOCOL.md | \`expires\` + {graceS} s ≤
PROTOCOL.md | expires more than {longestLeaseM} min 2 s ahead
PROTOCOL.md | ends more than {farthestH} h ahead
PROTOCOL.md | more than {longestReadS} s in the future
PROTOCOL.md | more than {maxAgeH} hours ago (\`maxAge\`)
PROTOCOL.md | if more than {circuitFrom}, and more than half
docs/dictionary.md | due instant, {guardS} seconds by default
docs/dictionary.md | 1, 2, 4 … {longestBackOffM} minutes between tries
docs/scale.md | With the default of {concurrency} it delivers
docs/performance.md | with its defaults: {concurrency} copies in flight
docs/other-writers.md | has at most {keyBytes} bytes
docs/custom-store.md | tests {promises} promises
docs/custom-store.md | one clock {promises} of {promises} promises hold
docs/guides/consumer.md | closes ({guardS} seconds before
docs/guides/minio-and-ceph.md | is more than {skewS} s off
docs/guides/operations.md | below 2 minutes | {oldestDueM} minutes |
docs/guides/operations.md | fewer than {leastSweeps} in 5 minutes
docs/guides/operations.md | clock is more than {skewS} s ahead
docs/guides/operations.md | by more than {skewS} s (half the guard less {readingErrorS} s)
docs/guides/operations.md | or more than {circuitFrom}, and more than half
docs/guides/operations.md | over {mostTargets} targets failed
docs/guides/operations.md | again after {pauseS} s, then with pauses that double to {longestPauseS} s
docs/guides/security.md | ids (they have {idBits} bits)
docs/guides/security.md | stop sweepers for {longestLeaseWord} minutes
docs/guides/shards.md | the shard map every {rereadM} minutes
docs/guides/shards.md | writers use it {announcedM} minutes later
docs/deploy-aws.md | a LIST every {pollS} s
docs/deploy-aws.md | Its timeout is {preciseTimeoutS} s
docs/deploy-aws.md | less than about {leastTimeoutS} s
docs/deploy-aws.md | runs 61 to {longestRangeS} s
docs/deploy-aws.md | event age is {eventAgeS} s
docs/deploy-aws.md | overlap: {preciseCompute} at 256 MB ({smallCompute} at 128 MB), about {preciseLists} for a LIST
docs/deploy-aws.md | costs **about {preciseTotal} USD more**
docs/deploy-aws.md | of an account ({freeCompute}) are free
docs/deploy-aws.md | Each metric costs {metric} and each alarm {alarm}. Six
docs/decisions/0011-command-line.md | Bodies up to {heldMiB} MiB
docs/decisions/0011-command-line.md | loads less than {loadedKB} KB
docs/decisions/0012-lambda-bundle.md | in less than {functionKB} KB
docs/decisions/0018-lease-and-clocks.md | more than {largestJsonKiB} KiB
docs/decisions/0019-dead-letters.md | at most {mostRejected} of each kind
docs/decisions/0021-repeated-copies.md | at most {copyAttempts} times
docs/decisions/0021-repeated-copies.md | credentials) is sent {lookAttempts} times
docs/decisions/0021-repeated-copies.md | within {failedWithinS} s and was not found, the sweeper waits {lookAgainS} s
docs/decisions/0022-look-ahead.md | begins {overlapS} s before
docs/decisions/0022-look-ahead.md | again after {pauseS} s, with pauses that double to {longestPauseS} s
docs/decisions/0026-fast-lane.md | again every {laneWord} minutes
docs/decisions/0028-copies-in-flight.md | in flight starts at {firstLimit},
docs/decisions/0029-shards.md | at most {mostShards} LISTs
docs/decisions/0029-shards.md | one GET in {rereadM} minutes
docs/decisions/0028-copies-in-flight.md | occupies its slot for {copyLimitS} s
docs/decisions/0028-copies-in-flight.md | If {slowInARow} copies in a row
docs/decisions/0028-copies-in-flight.md | failed after {slowS} s or more
docs/decisions/0028-copies-in-flight.md | answer. {mostSlow} events wait
apps/cli/README.md | (\`--every {every}\`)
apps/cli/README.md | every \`--poll {poll}\`
apps/cli/README.md | looking for new events every {poll}, until
apps/cli/README.md | \`--max-age\` ({maxAgeH} h)
apps/cli/README.md | tried {postAgain} more times
apps/cli/README.md | within {healthIntervals} intervals
apps/cli/README.md | LIST each {statusS} seconds
apps/cli/README.md | ends a sweep within {shutdownS} s
docs/alternatives.md | the first {freeInvocationsM} million invocations
apps/demo/README.md | default: {port}, or
apps/demo/README.md | the default is \`{demoStore}\`
apps/demo/README.md | each: {demoPoll} on \`file:\`, otherwise {otherDemoPoll} |
apps/demo/README.md | the last {keptDeliveries}, newest
packages/lambda/README.md | | \`KEYWHEN_POLL\` | \`{poll}\` |
packages/lambda/README.md | | \`KEYWHEN_MAX_AGE\` | \`{maxAge}\` |
packages/lambda/README.md | new events, {leastPollMs}ms to {mostPollS}s |
packages/lambda/README.md | a timeout of {preciseTimeoutS} s
packages/lambda/README.md | in the last {reserveWord} seconds before
packages/adapter-azure/README.md | Copies up to {azureCopyMiB} MiB
packages/adapter-azure/README.md | more than {azureParts} parts
packages/adapter-azure/README.md | Streams over {azureBlockMiB} MiB
packages/adapter-azure/README.md | for each {azurePage} keys
packages/adapter-fs/README.md | closes {guardS} s before
packages/adapter-fs/README.md | no sign for {lockSilenceS} s
packages/adapter-fs/README.md | After {nameBytes} bytes
packages/adapter-gcs/README.md | over {gcsChunkMiB} MiB is sent in chunks
packages/adapter-s3/README.md | of a sweep ({concurrency} by default)
packages/adapter-s3/README.md | Above {s3CopyGiB} GiB
packages/adapter-s3/README.md | up to {s3PartMiB} MiB are read first
packages/adapter-s3/README.md | remembered for {versioningM} minutes
packages/store-conformance/README.md | of {racers} racing
`;

const claims = CLAIMS.trim()
  .split("\n")
  .map((line) => line.split(/ \| (.*)/) as [page: string, sentence: string]);

/** The values that a page has in a sentence, each time it has it. */
function valuesIn(page: string, sentence: string): string[][] {
  const text = readFileSync(join(root, page), "utf8").replace(/\s+/g, " ");
  const parts = sentence
    .split(/\{\w+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = text.matchAll(new RegExp(parts.join("(.{1,40}?)"), "g"));
  return [...found].map(([, ...values]) => values);
}

describe("the numbers in the documentation", () => {
  it.each(claims)("are those of the code in %s: %s", (page, sentence) => {
    const names = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const found = valuesIn(page, sentence);
    expect(found.length, `${page} says no more "${sentence}"`).toBeGreaterThan(0);
    for (const values of found) expect(values).toEqual(names.map((name) => VALUES[name]));
  });
});
