import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type Chaos,
  hashSynchronously,
  type NamedCallRecord,
  NamedWorld,
  type SeenEvent,
} from "../test-support/named-world.js";

const NO_CHAOS: Chaos = { lost: 0, late: 0, kill: 0, freeze: 0 };
const CHAOS: Chaos = { lost: 40, late: 25, kill: 15, freeze: 15 };
const GUARD_MS = 4_000;
const WORLDS = 150;

beforeAll(hashSynchronously);
afterAll(() => vi.restoreAllMocks());

/** Three callers that put and cancel one name; some events are due soon. */
async function race(seed: number, chaos: Chaos): Promise<NamedWorld> {
  const world = new NamedWorld(seed, chaos);
  for (let caller = 0; caller < 3; caller++) {
    world.start((events) =>
      Array.from({ length: 3 }, (_, index) => async () => {
        if (world.below(4) === 0) return events.cancel("");
        const seconds = world.below(3) === 0 ? 5 + world.below(20) : 3_600 + world.below(3);
        const at = new Date(world.clock.now() + seconds * 1_000);
        return events.put("", { at, to: { bucket: "out", key: "k" }, body: `${caller}-${index}` });
      }),
    );
  }
  await world.run();
  return world;
}

/** The call itself, as far as it is known to have taken effect. */
const isConfirmed = ({ result }: NamedCallRecord) =>
  result !== undefined &&
  ["scheduled", "replaced", "cancelled", "not-found"].includes(result.outcome);

/** Whether a confirmed call must have seen what another one had done. */
const isAfter = (later: NamedCallRecord, earlier: NamedCallRecord) =>
  later.began > Math.max(earlier.ended, earlier.landed) && isConfirmed(later);

/** What a world did and what is left of it. */
interface Outcome {
  readonly calls: readonly NamedCallRecord[];
  readonly delivered: readonly SeenEvent[];
  /** Of what is stored, what is open. */
  readonly waiting: readonly SeenEvent[];
  /** Stored or delivered. */
  readonly seen: readonly SeenEvent[];
  readonly callOf: (event: Pick<SeenEvent, "content">) => NamedCallRecord;
}

async function outcomeOf(world: NamedWorld): Promise<Outcome> {
  const { calls, delivered } = world;
  const callOf = ({ content }: Pick<SeenEvent, "content">) =>
    calls.find((call) => call.content === content) as NamedCallRecord;
  const seen = [...(await world.events()), ...delivered];
  return { calls, delivered, waiting: await world.waiting(), seen, callOf };
}

async function problemsIn(world: NamedWorld): Promise<string[]> {
  const outcome = await outcomeOf(world);
  return [
    ...world.storedWithoutLock.map((key) => `${key} is stored without the lock`),
    ...tooManyIn(outcome),
    ...outlivedIn(outcome),
    ...backIn(outcome),
    ...outcome.calls
      .filter((call) => call.verb === "put" && isConfirmed(call))
      .flatMap((put) => problemsOf(put, outcome)),
  ];
}

function tooManyIn({ waiting, callOf }: Outcome): string[] {
  const sure = waiting.map(callOf).filter((put) => isConfirmed(put) && put.landed === 0);
  return sure.length > 1 ? [`${sure.map(({ content }) => content).join()} wait`] : [];
}

/** Events that a later call should have removed. */
function outlivedIn({ calls, waiting, delivered, callOf }: Outcome): string[] {
  const waits = waiting.filter((event) => calls.some((call) => isAfter(call, callOf(event))));
  const isTooLate = (event: SeenEvent) =>
    calls.some(
      (call) =>
        isAfter(call, callOf(event)) &&
        call.ended < event.step &&
        call.endedMs < event.atMs - GUARD_MS,
    );
  return [
    ...waits.map(({ content }) => `${content} waits after a later call`),
    ...delivered.filter(isTooLate).map(({ content }) => `${content} is delivered after it`),
  ];
}

/** Events that an answer said were gone. */
function backIn({ calls, seen, callOf }: Outcome): string[] {
  return calls.filter(isConfirmed).flatMap(({ result, began }) => {
    if (result?.outcome === "scheduled") return [];
    const gone = result?.[result.outcome === "replaced" ? "replaced" : "id"];
    const back = seen.filter((event) => event.id === gone && callOf(event).landed < began);
    return back.map(({ content }) => `${content} came back`);
  });
}

function problemsOf(put: NamedCallRecord, { calls, delivered, seen, callOf }: Outcome): string[] {
  const others = calls.filter((other) => other !== put && other.ended >= put.began);
  const heirs = [put, ...others].map(({ content }) => content);
  const isCancelled = others.some(({ verb }) => verb === "cancel");
  const isLost = !isCancelled && !seen.some(({ content }) => heirs.includes(content));
  const handled = delivered.filter(
    (event) => event.deliveryId === put.result?.["deliveryId"] && callOf(event).ended < put.began,
  );
  return [
    ...(isLost ? [`${put.content} is lost`] : []),
    ...handled.map(({ content }) => `${put.content} has the delivery id of ${content}`),
  ];
}

describe("callers that race for one name", () => {
  it.each([
    ["without faults", NO_CHAOS],
    ["with lost answers, late requests, freezes and crashes", CHAOS],
  ])(
    "leave one event, that of a call that was last, %s",
    async (_, chaos) => {
      const problems: Record<number, string[]> = {};
      let replaced = 0;
      for (let seed = 1; seed <= WORLDS; seed++) {
        const world = await race(seed, chaos);
        const found = await problemsIn(world);
        world.calmDown();
        const at = new Date(world.clock.now() + 7_200_000);
        const { calls } = world;
        while (calls.at(-1)?.content !== "last" || calls.at(-1)?.result === undefined) {
          world.start((events) => [
            () => events.put("", { at, to: { bucket: "out", key: "k" }, body: "last" }),
          ]);
          await world.run();
        }
        const waiting = await world.waiting();
        const contents = waiting.map(({ content }) => content);
        if (contents.join() !== "last") found.push(`${contents.join()} wait at the end`);
        replaced += world.calls.filter(({ result }) => result?.outcome === "replaced").length;
        if (found.length > 0) problems[seed] = found;
      }
      expect(problems).toEqual({});
      expect(replaced).toBeGreaterThan(WORLDS);
    },
    120_000,
  );
});
