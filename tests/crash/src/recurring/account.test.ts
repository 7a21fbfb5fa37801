import { describe, expect, it } from "vitest";
import { type Account, type Accounting, accountFor } from "./account.js";
import { createOccurrences, type OccurrenceRecord } from "./occurrences.js";
import { type ScheduleCall, scheduleBody } from "./schedule-writer.js";

const START_MS = Date.parse("2026-12-01T00:00:00.000Z");
const SCHEDULE = "schedule-1";
const RULE = { everyMs: 10_000, fromMs: START_MS };
const OTHER_RULE = { everyMs: 10_000, fromMs: START_MS + 3_000 };

/** Seconds after the start. */
const at = (seconds: number) => START_MS + seconds * 1_000;
const nominal = (seconds: number) => new Date(at(seconds)).toISOString();
const keyOf = (seconds: number) => `${SCHEDULE}@${nominal(seconds)}`;
/** The same as of `performance.now()`. */
const seenAt = (seconds: number) => at(seconds) - performance.timeOrigin;

function call(
  kind: ScheduleCall["kind"],
  seconds: number,
  answer: Partial<ScheduleCall> = {},
): ScheduleCall {
  const [startedMs, endedMs] = [at(seconds), at(seconds) + 50];
  return { kind, startedMs, endedMs, rule: RULE, version: 0, ...answer };
}

const stored = call("put", 2, { nextMs: at(10) });
const paused = call("pause", 44);

interface Delivery {
  /** When its copies arrived. */
  readonly seconds?: readonly number[];
  readonly maker?: string;
  readonly key?: string;
  readonly body?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

function delivered(
  due: number,
  { seconds = [due + 0.1], maker, key = keyOf(due), body, metadata }: Delivery = {},
): OccurrenceRecord {
  const record = createOccurrences().at(key);
  if (record === undefined) throw new Error(`${key} is no occurrence`);
  for (const second of seconds) {
    record.arrivals.push({ atMs: seenAt(second), maker });
    const names = {
      "keywhen-id": encodeURIComponent(keyOf(due)),
      "keywhen-at": nominal(due),
      "keywhen-occurrence": nominal(due),
    };
    record.note({ body: body ?? scheduleBody(SCHEDULE, 0), metadata: { ...names, ...metadata } });
  }
  return record;
}

/** Stored at 2 s with an interval of 10 s, paused at 44 s, and everything delivered but what a test replaces. */
function account({
  calls = [stored, paused],
  sweptMs = at(43),
  records = [10, 20, 30, 40].map((due) => delivered(due)),
  kills = [],
  isConsumed = () => true,
}: Partial<Accounting> = {}): Account {
  return accountFor({ schedule: SCHEDULE, calls, sweptMs, records, kills, isConsumed });
}

const deliveredAt = (...seconds: readonly number[]) => seconds.map((due) => delivered(due));
const passedOver = (count: number) => ({ metadata: { "keywhen-passed-over": `${count}` } });

describe("accountFor()", () => {
  it("finds every occurrence delivered once", () => {
    const all = { nominal: 4, delivered: 4, passedOver: 0, unsure: 0, silent: 0, repeated: 0 };
    expect(account()).toEqual({ ...all, broken: [] });
  });

  it.each([10, 30, 40])("names an occurrence that is missing at %i s", (missing) => {
    const records = deliveredAt(...[10, 20, 30, 40].filter((due) => due !== missing));
    expect(account({ records })).toMatchObject({
      silent: 1,
      broken: [`${SCHEDULE}: neither delivered nor passed over: ${nominal(missing)}`],
    });
  });

  it("names what is missing of a schedule that has stopped, though it is still under way", () => {
    const calls = [stored, call("pause", 44, { underWayMs: at(20) })];
    expect(account({ calls, records: deliveredAt(10) }).broken).toEqual(
      [20, 30, 40].map((due) => `${SCHEDULE}: neither delivered nor passed over: ${nominal(due)}`),
    );
  });

  it("names what is delivered though it is no occurrence of the rule", () => {
    const { broken } = account({ records: [...deliveredAt(10, 20, 30, 40), delivered(25)] });
    expect(broken).toEqual([`${SCHEDULE}: delivered against the rule: ${keyOf(25)}`]);
    const key = `${SCHEDULE}@check`;
    expect(account({ records: [...deliveredAt(10, 20, 30, 40), delivered(20, { key })] })).toEqual(
      expect.objectContaining({
        broken: expect.arrayContaining([`${SCHEDULE}: delivered against the rule: ${key}`]),
      }),
    );
  });

  it.each([
    ["occurrence", { "keywhen-occurrence": nominal(30) }],
    ["delivery id", { "keywhen-id": `${SCHEDULE}@x` }],
    ["instant", { "keywhen-at": nominal(30) }],
  ])("names a copy with another %s", (_, metadata) => {
    const records = [...deliveredAt(10, 30, 40), delivered(20, { metadata })];
    expect(account({ records }).broken).toEqual([
      `${SCHEDULE}: delivered with other metadata: ${keyOf(20)}`,
    ]);
  });

  it("names a copy that is early", () => {
    const records = [...deliveredAt(10, 20, 30), delivered(40, { seconds: [38] })];
    expect(account({ records }).broken).toEqual([`${SCHEDULE}: delivered early: ${keyOf(40)}`]);
  });

  it("names a first occurrence that comes too late, or is not one of the rule", () => {
    for (const [seconds, due] of [
      [20, [20, 30, 40]],
      [13, []],
    ] as const) {
      const calls = [call("put", 2, { nextMs: at(seconds) }), paused];
      expect(account({ calls, records: deliveredAt(...due) }).broken).toContain(
        `${SCHEDULE}: a put begins with the wrong occurrence: ${nominal(seconds)}`,
      );
    }
  });
});

describe("accountFor() of repeats", () => {
  const broken = [`${SCHEDULE}: delivered twice without a reason: ${keyOf(20)}`];
  const twice = (maker?: string) => [
    ...deliveredAt(10, 30, 40),
    delivered(20, { seconds: [20.1, 31], ...(maker === undefined ? {} : { maker }) }),
  ];
  const kill = { name: "sweeper", atMs: seenAt(20.2) };

  it("names one without a reason", () => {
    expect(account({ records: twice() })).toMatchObject({ repeated: 1, broken });
  });

  it("explains one by the death of the sweeper that made the copy before", () => {
    expect(account({ records: twice("sweeper"), kills: [kill] }).broken).toEqual([]);
    expect(account({ records: twice(), kills: [kill] }).broken).toEqual([]);
  });

  it.each([
    ["another sweeper died", { kills: [{ ...kill, name: "other" }] }],
    ["the sweeper died afterwards", { kills: [{ ...kill, atMs: seenAt(32) }] }],
    ["the first copy was still at its target", { kills: [kill], isConsumed: () => false }],
  ])("does not explain one if %s", (_, more) => {
    expect(account({ records: twice("sweeper"), ...more }).broken).toEqual(broken);
  });

  it("does not explain one by a death before it, or after", () => {
    for (const seconds of [15, 32]) {
      const kills = [{ ...kill, atMs: seenAt(seconds) }];
      expect(account({ records: twice(), kills }).broken).toEqual(broken);
    }
  });

  it("asks for a reason for each", () => {
    const three = [
      ...deliveredAt(10, 30, 40),
      delivered(20, { seconds: [20.1, 31, 43], maker: "sweeper" }),
    ];
    const kills = [{ ...kill, atMs: seenAt(32) }];
    expect(account({ records: three, kills }).broken).toEqual(broken);
  });
});

describe("accountFor() of skips", () => {
  const skip = call("skip", 12, { nextMs: at(30), skippedMs: at(20) });
  const calls = [stored, skip, paused];

  it("counts the skipped occurrence as passed over", () => {
    const records = [...deliveredAt(10, 40), delivered(30, passedOver(1))];
    expect(account({ calls, records })).toMatchObject({ passedOver: 1, silent: 0, broken: [] });
  });

  it("names one that was not counted by the next", () => {
    expect(account({ calls, records: deliveredAt(10, 30, 40) }).broken).toEqual([
      `${SCHEDULE}: passed over without being counted: before ${keyOf(30)}`,
    ]);
  });

  it("names one that was delivered all the same", () => {
    expect(account({ calls }).broken).toEqual([
      `${SCHEDULE}: delivered against the rule: ${keyOf(20)}`,
    ]);
  });

  it("does not know what became of one that was under way", () => {
    const tooLate = [stored, call("skip", 18, { nextMs: at(30), underWayMs: at(20) }), paused];
    expect(account({ calls: tooLate })).toMatchObject({ unsure: 0, delivered: 4, broken: [] });
    const records = [...deliveredAt(10, 40), delivered(30, passedOver(1))];
    expect(account({ calls: tooLate, records })).toMatchObject({ unsure: 1, broken: [] });
  });
});

describe("accountFor() of pauses", () => {
  const resume = call("resume", 61, { nextMs: at(70) });
  const calls = [stored, paused, resume, call("pause", 75)];
  const records = deliveredAt(10, 20, 30, 40, 70);

  it("counts the occurrences of a pause as passed over", () => {
    expect(account({ calls, records })).toMatchObject({ nominal: 7, passedOver: 2, broken: [] });
  });

  it("names one that was delivered in a pause", () => {
    expect(account({ calls, records: [...records, delivered(50)] }).broken).toEqual([
      `${SCHEDULE}: delivered against the rule: ${keyOf(50)}`,
    ]);
  });

  it("names a first occurrence that comes too late after a pause", () => {
    const late = [stored, paused, { ...resume, nextMs: at(80) }, call("pause", 85)];
    expect(account({ calls: late, records: deliveredAt(10, 20, 30, 40, 80) }).broken).toEqual([
      `${SCHEDULE}: a resume begins with the wrong occurrence: ${nominal(80)}`,
    ]);
  });

  it("does not know what became of one that was under way", () => {
    const underWay = {
      calls: [stored, call("pause", 38, { underWayMs: at(40) })],
      sweptMs: at(37),
    };
    expect(account(underWay)).toMatchObject({ delivered: 4, broken: [] });
    const less = account({ ...underWay, records: deliveredAt(10, 20, 30) });
    expect(less).toMatchObject({ unsure: 1, broken: [] });
  });
});

describe("accountFor() of changes", () => {
  const later = { rule: OTHER_RULE, version: 1 };
  const newBody = { body: scheduleBody(SCHEDULE, 1) };

  it("goes on with a new rule, and names what is delivered by the old one", () => {
    const changed = call("put", 22, { ...later, nextMs: at(33) });
    const calls = [stored, changed, call("pause", 44, later)];
    const records = [...deliveredAt(10, 20), delivered(33, newBody), delivered(43, newBody)];
    expect(account({ calls, records })).toMatchObject({ nominal: 4, broken: [] });
    expect(account({ calls, records: [...records, delivered(30, newBody)] }).broken).toEqual([
      `${SCHEDULE}: delivered against the rule: ${keyOf(30)}`,
    ]);
  });

  it("names an occurrence that kept its turn and was not delivered", () => {
    const kept = { nextMs: at(30), underWayMs: at(30) };
    const calls = [stored, call("put", 28, { ...later, ...kept }), call("pause", 44, later)];
    const records = [...deliveredAt(10, 20), delivered(33, newBody), delivered(43, newBody)];
    expect(account({ calls, records: [...records, delivered(30)] }).broken).toEqual([]);
    expect(account({ calls, records }).broken).toEqual([
      `${SCHEDULE}: neither delivered nor passed over: ${nominal(30)}`,
    ]);
  });

  it("counts a new rule from its start, if an older occurrence kept its turn until then", () => {
    const begun = { rule: { everyMs: 10_000, fromMs: at(33) }, version: 1 };
    const kept = { nextMs: at(20), underWayMs: at(20) };
    const calls = [stored, call("put", 34, { ...begun, ...kept }), call("pause", 44, begun)];
    const late = delivered(20, { seconds: [35] });
    const records = [delivered(10), late, delivered(33, newBody), delivered(43, newBody)];
    expect(account({ calls, records })).toMatchObject({ nominal: 5, passedOver: 1, broken: [] });
  });

  it("names an occurrence with a body that had been replaced", () => {
    const changed = call("put", 22, { version: 1, nextMs: at(30) });
    const calls = [stored, changed, call("pause", 44, { version: 1 })];
    const records = [...deliveredAt(10, 20, 30), delivered(40, newBody)];
    expect(account({ calls, records }).broken).toEqual([
      `${SCHEDULE}: delivered with another body: ${keyOf(30)}`,
    ]);
  });
});

describe("accountFor() of outages", () => {
  const calls = [stored, call("pause", 205)];
  const punctual = deliveredAt(110, 120, 130, 140, 150, 160, 170, 180, 190, 200);

  it("counts what was passed over because it was too late", () => {
    const late = [delivered(10, { seconds: [203] }), delivered(90, { seconds: [203.1] })];
    const counting = [
      delivered(10, { seconds: [203] }),
      delivered(90, { seconds: [203.1], ...passedOver(7) }),
    ];
    const rest = [delivered(100, { seconds: [203.2] }), ...punctual];
    expect(account({ calls, records: [...counting, ...rest] })).toMatchObject({
      ...{ passedOver: 7, silent: 0, broken: [] },
    });
    expect(account({ calls, records: [...late, ...rest] }).broken).toEqual([
      `${SCHEDULE}: passed over without being counted: before ${keyOf(90)}`,
    ]);
  });

  it("names one that was passed over too soon", () => {
    const records = [
      delivered(10, { seconds: [203] }),
      delivered(100, { seconds: [203.1], ...passedOver(8) }),
      ...punctual,
    ];
    expect(account({ calls, records }).broken).toEqual([
      `${SCHEDULE}: neither delivered nor passed over: ${nominal(90)}`,
    ]);
  });
});
