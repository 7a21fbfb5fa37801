import { describe, expect, it } from "vitest";
import { requestDollars } from "./request-dollars.js";

const NONE = { list: 0, head: 0, get: 0, put: 0, copy: 0, move: 0, delete: 0 };

describe("requestDollars()", () => {
  it("asks half a cent for a thousand writes or lists, and a twenty-fifth of a cent for reads", () => {
    expect(requestDollars({ ...NONE, put: 1_000 })).toBeCloseTo(0.005, 10);
    expect(requestDollars({ ...NONE, list: 400, copy: 600 })).toBeCloseTo(0.005, 10);
    expect(requestDollars({ ...NONE, get: 400, head: 600 })).toBeCloseTo(0.0004, 10);
  });

  it("takes deletes for nothing", () => {
    expect(requestDollars({ ...NONE, delete: 1_000_000 })).toBe(0);
    expect(requestDollars({})).toBe(0);
  });

  it("takes a whole sweep's report: 10,000 delivered are 5 cents", () => {
    const requests = { list: 11, head: 0, get: 2, put: 2, copy: 10_000, move: 0, delete: 12 };
    expect(requestDollars(requests)).toBeCloseTo(0.05 + 13 * 0.000005 + 2 * 0.0000004, 10);
  });
});
