import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codecV1 } from "../key/codec-v1.js";
import { formatInstant, LAST_INSTANT_MS } from "../time/instant.js";
import { type IdRange, type PageEnd, READ_AT_ONCE, SearchPlan } from "./search-plan.js";

const NOON_MS = Date.parse("2026-12-24T12:00:00Z");
const MINUTE_MS = 60_000;

/** Ids by prefix, each an instant and a number, in order. */
type Stored = ReadonlyMap<string, readonly string[]>;

/** One event for each instant, which makes the ids of one prefix. */
function idsAt(instants: readonly number[]): string[] {
  return instants.map((atMs, index) => `${formatInstant(atMs)}|${index}`).sort();
}

function wholeRange(under: string): IdRange<string> {
  return { under, after: "", end: undefined, endMs: LAST_INSTANT_MS + 1 };
}

/** What a store lists of a range, as a search reads it. */
function listed(stored: Stored, range: IdRange<string>, pageSize: number) {
  const rest = (stored.get(range.under) ?? []).filter((id) => id > range.after);
  const page = rest.slice(0, pageSize);
  const ids = page.filter((id) => range.end === undefined || id < range.end);
  const isLast = rest.length <= pageSize || ids.length < page.length;
  return { ids, end: isLast ? undefined : endOf(ids) };
}

function endOf(ids: readonly string[]): PageEnd {
  const [first = "", last = ""] = [ids[0], ids.at(-1)];
  return { lastId: last, firstMs: instantOf(first), lastMs: instantOf(last) };
}

/** An id that begins with no instant is an unrecognized object's. */
const instantOf = (id: string) => codecV1.decode(`${id.split("|")[0]}|b|k`)?.atMs;

/** Searches a store that answers one of its requests at a time, which `pick` chooses. Returns what was read and in how many LISTs. */
function search(stored: Stored, pageSize: number, pick: (waiting: number) => number) {
  const ranges = [...stored.keys()].map(wholeRange);
  const plan = new SearchPlan(ranges, codecV1.before);
  const reading: IdRange<string>[] = [];
  const read: string[] = [];
  let lists = 0;
  let mostAtOnce = 0;
  for (;;) {
    for (let range = plan.next(); range !== undefined; range = plan.next()) reading.push(range);
    mostAtOnce = Math.max(mostAtOnce, reading.length);
    const [range] = reading.splice(pick(reading.length), 1);
    if (range === undefined) return { read: read.sort(), lists, mostAtOnce };
    lists += 1;
    const { ids, end } = listed(stored, range, pageSize);
    read.push(...ids.map((id) => `${range.under}${id}`));
    plan.read(range, end);
  }
}

/** How many rounds it takes if all requests of a round are answered together. */
function roundsOf(instants: readonly number[], pageSize: number): number {
  const stored = new Map([["a/", idsAt(instants)]]);
  const plan = new SearchPlan([wholeRange("a/")], codecV1.before);
  for (let rounds = 0; ; rounds++) {
    const reading: IdRange<string>[] = [];
    for (let range = plan.next(); range !== undefined; range = plan.next()) reading.push(range);
    if (reading.length === 0) return rounds;
    for (const range of reading) plan.read(range, listed(stored, range, pageSize).end);
  }
}

const closeTogether = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 });
const overADay = fc.array(fc.integer({ min: 0, max: 86_400_000 }), { maxLength: 60 });
const farApart = fc.array(fc.integer({ min: 0, max: LAST_INSTANT_MS - NOON_MS }), { maxLength: 8 });
const instants = fc
  .tuple(closeTogether, overADay, farApart)
  .map((parts) => parts.flat().map((ms) => NOON_MS + ms));
const prefixes = fc.dictionary(fc.constantFrom("a/", "b/", "c/", "d/"), instants, { minKeys: 1 });

describe("SearchPlan", () => {
  it("reads each id exactly once, in few LISTs and never too many at the same time, for any spread and order of answers", () => {
    fc.assert(
      fc.property(
        prefixes,
        fc.array(fc.constantFrom("notes.txt", "0", "2026-12-24T12"), { maxLength: 2 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.nat(READ_AT_ONCE)),
        (given, unrecognized, pageSize, picks) => {
          const stored = new Map(
            Object.entries(given).map(([prefix, some]) => [
              prefix,
              [...idsAt(some), ...new Set(unrecognized)].sort(),
            ]),
          );
          const pick = (waiting: number) => Number(picks.next().value) % Math.max(1, waiting);
          const { read, lists, mostAtOnce } = search(stored, pageSize, pick);
          const all = [...stored].flatMap(([prefix, ids]) => ids.map((id) => prefix + id));
          expect(read).toEqual(all.sort());
          const fullPages = Math.floor(all.length / pageSize);
          expect(lists).toBeLessThanOrEqual(fullPages * (9 / 8) + 16 + stored.size);
          expect(mostAtOnce).toBeLessThanOrEqual(READ_AT_ONCE);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each<[string, (index: number) => number, { lists: number; rounds: number }]>([
    ["spread evenly", (index) => index * MINUTE_MS, { lists: 125, rounds: 15 }],
    ["ever more rarely", (index) => 1.002 ** index * MINUTE_MS, { lists: 120, rounds: 20 }],
    [
      "after a few old ones",
      (index) => index - (index < 30 ? 1e10 : 0),
      { lists: 120, rounds: 16 },
    ],
    ["on ten mornings", (index) => (index % 10) * 86_400_000, { lists: 115, rounds: 20 }],
    ["at one instant", () => 0, { lists: 102, rounds: 101 }],
  ])("reads 10,000 events %s, 100 a page", (_, offsetMs, most) => {
    const instants = Array.from({ length: 10_000 }, (_, index) =>
      Math.round(NOON_MS + offsetMs(index)),
    );
    const { lists } = search(new Map([["a/", idsAt(instants)]]), 100, () => 0);
    expect(lists).toBeLessThanOrEqual(most.lists);
    expect(roundsOf(instants, 100)).toBeLessThanOrEqual(most.rounds);
  });

  it.each([0, 1, 999, 1_000])("reads %d events, which fit a page, in one LIST", (count) => {
    const stored = new Map([["a/", idsAt(Array.from({ length: count }, () => NOON_MS))]]);
    expect(search(stored, 1_000, () => 0).lists).toBe(1);
  });

  it("begins with one LIST for each prefix, 16 at a time", () => {
    const names = Array.from({ length: 20 }, (_, index) => `${index}/`);
    const stored = new Map(names.map((name) => [name, idsAt([NOON_MS])]));
    expect(search(stored, 1_000, () => 0)).toMatchObject({ lists: 20, mostAtOnce: 16 });
  });
});
