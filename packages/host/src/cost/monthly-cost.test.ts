import { describe, expect, it } from "vitest";
import { type MonthlyCost, monthlyCost } from "./monthly-cost.js";
import { PRICES, type Price, requestDollars } from "./prices.js";

const itemOf = ({ items }: Pick<MonthlyCost, "items">, name: string) =>
  items.find((item) => item.name === name);
const dollarsOf = (cost: MonthlyCost, name: string) => itemOf(cost, name)?.dollars ?? Number.NaN;
const rivalOf = (cost: MonthlyCost, name: string) =>
  cost.rivals.find((rival) => rival.name.startsWith(name))?.total ?? Number.NaN;

describe("monthlyCost()", () => {
  const plain = monthlyCost({ events: 1_000_000 });

  it("charges 5 dollars for a million PUTs and 5 for a million copies", () => {
    expect(dollarsOf(plain, "writing events")).toBeCloseTo(5, 10);
    expect(dollarsOf(plain, "copies to the targets")).toBeCloseTo(5, 10);
  });

  it("lists once a minute: 43,800 LISTs of 0.005 for a thousand", () => {
    expect(itemOf(plain, "lists")?.quantity).toBeCloseTo(43_800, 6);
    expect(dollarsOf(plain, "lists")).toBeCloseTo(0.219, 10);
  });

  it("charges an idle month for lists and the function alone", () => {
    const idle = monthlyCost({ events: 0, freeTier: false });
    // 43,800 LISTs, 4,380 GETs of the shard map, 43,800 invocations, of 0.2 s at 256 MB (2,190 GB-s), woken by a schedule, with a line in the log each.
    const byHand =
      0.219 +
      4.38 * 0.0004 +
      43_800 * 0.0000002 +
      2_190 * 0.0000133334 +
      0.0438 +
      (43_800 * 1_500 * 0.5) / 2 ** 30;
    expect(idle.total).toBeCloseTo(byHand, 10);
  });

  it("takes the lease only in the minutes when something is due", () => {
    const few = monthlyCost({ events: 100 });
    expect(itemOf(few, "lease, writes")?.quantity).toBeCloseTo(200, 0);
    expect(itemOf(plain, "lease, writes")?.quantity).toBeCloseTo(87_600, 3);
  });

  it("charges for a function that always runs when it looks ahead", () => {
    const ahead = monthlyCost({ events: 1_000_000, lookAheadMs: 60_000, freeTier: false });
    expect(itemOf(ahead, "Lambda, the sweeper")?.quantity).toBeCloseTo(43_800 * 90 * 0.25, 3);
    expect(dollarsOf(ahead, "Lambda, the sweeper")).toBeCloseTo(13.14, 2);
    expect(dollarsOf(ahead, "lists")).toBeCloseTo(43_800 * 19 * 0.000005, 10);
  });

  it("charges two writes and a read for each occurrence of a recurring schedule, and no writer", () => {
    const recurring = monthlyCost({ events: 0, occurrences: 1_000_000 });
    expect(dollarsOf(recurring, "recurring schedules, writes")).toBeCloseTo(10, 10);
    expect(dollarsOf(recurring, "recurring schedules, reads")).toBeCloseTo(0.4, 10);
    expect(itemOf(recurring, "writing events")).toBeUndefined();
    expect(recurring.total - plain.total).toBeCloseTo(5.4, 10);
    expect(recurring.rivals.map(({ total }) => total)).toEqual(
      plain.rivals.map(({ total }) => total),
    );
  });

  it("has no function on the user's machine", () => {
    const own = monthlyCost({ events: 1_000, host: "own" });
    expect(own.items.map(({ name }) => name)).not.toContain("Lambda, the sweeper");
  });

  it("multiplies lists, and the function, by the shards", () => {
    const shards = monthlyCost({ events: 1_000_000, shards: 16 });
    expect(itemOf(shards, "lists")?.quantity).toBeCloseTo(16 * 43_800, 5);
  });

  it("has the sum of its items as its total", () => {
    const sum = plain.items.reduce((total, { dollars }) => total + dollars, 0);
    expect(plain.total).toBeCloseTo(sum, 10);
  });

  it("subtracts the free tier of an account, for keywhen and for the others", () => {
    expect(itemOf(plain, "Lambda, the sweeper")).toMatchObject({ dollars: 0 });
    expect(rivalOf(plain, "EventBridge")).toBe(0);
    const all = monthlyCost({ events: 1_000_000, freeTier: false });
    // A dollar for a million invocations of schedules, 20 cents for those of the function.
    expect(rivalOf(all, "EventBridge")).toBeCloseTo(1.2, 10);
    expect(all.total).toBeGreaterThan(plain.total);
  });

  it("shows that EventBridge Scheduler is cheaper, even far above its free tier", () => {
    const many = monthlyCost({ events: 100_000_000 });
    expect(rivalOf(many, "EventBridge")).toBeCloseTo(86 + 99 * 0.2, 6);
    expect(many.total).toBeGreaterThan(1_000);
  });

  it("shows that a Wait state costs ten times as much", () => {
    // Four transitions an event, 4,000 free, and the function's invocations inside the free tier.
    expect(rivalOf(plain, "Step Functions")).toBeCloseTo((4_000_000 - 4_000) * 0.000025, 6);
  });

  it("adds a bucket for payloads that are too large for EventBridge", () => {
    const large = monthlyCost({ events: 1_000, payloadBytes: 300 * 1_024 });
    const gigabyteMonths = (1_000 * 300 * 1_024 * 24) / 2 ** 30 / 730;
    const byHand = 0.005 + 0.0004 + gigabyteMonths * 0.023;
    expect(rivalOf(large, "EventBridge")).toBeCloseTo(byHand, 10);
  });

  it("refuses numbers out of range", () => {
    expect(() => monthlyCost({ events: -1 })).toThrow("events must be a number from 0 (got -1)");
    expect(() => monthlyCost({ events: 1, everyMs: 0 })).toThrow(
      "everyMs must be greater than 0 (got 0)",
    );
    expect(() => monthlyCost({ events: Number.NaN })).toThrow(RangeError);
  });
});

describe("PRICES", () => {
  it("has a source and a month for each", () => {
    const { s3, lambda, eventBridgeScheduler, cloudWatch, stepFunctions } = PRICES;
    const groups = [s3, lambda, eventBridgeScheduler, cloudWatch, stepFunctions];
    const all = groups.flatMap((group): Price[] => Object.values(group));
    expect(all).toHaveLength(11);
    for (const { source, readIn } of all) {
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
      expect(readIn >= PRICES.readIn).toBe(true);
    }
  });
});

describe("requestDollars()", () => {
  it("charges half a cent for a thousand writes or lists, and a twenty-fifth of a cent for reads", () => {
    expect(requestDollars({ put: 1_000 })).toBeCloseTo(0.005, 10);
    expect(requestDollars({ list: 400, copy: 600 })).toBeCloseTo(0.005, 10);
    expect(requestDollars({ get: 400, head: 600 })).toBeCloseTo(0.0004, 10);
  });

  it("charges nothing for deletes", () => {
    expect(requestDollars({ delete: 1_000_000 })).toBe(0);
    expect(requestDollars({})).toBe(0);
  });

  it("takes the requests of a sweep's report: 10,000 deliveries cost 5 cents", () => {
    const requests = { list: 11, head: 0, get: 2, put: 2, copy: 10_000, move: 0, delete: 12 };
    expect(requestDollars(requests)).toBeCloseTo(0.05 + 13 * 0.000005 + 2 * 0.0000004, 10);
  });
});
