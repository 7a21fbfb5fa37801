import { describe, expect, it } from "vitest";
import { readAnswer } from "./answer.js";

const DATE = "Thu, 24 Dec 2026 09:00:00 GMT";
const read = (status: number, headers: Record<string, string> = {}) =>
  readAnswer({ status, headers: new Headers({ date: DATE, ...headers }) });

describe("readAnswer()", () => {
  it.each([200, 201, 202, 204, 299])("takes %i for a delivery", (status) => {
    expect(read(status)).toEqual({ outcome: "delivered" });
  });

  it("takes 410 for the wish to get no more webhooks", () => {
    expect(read(410)).toEqual({ outcome: "gone" });
  });

  it.each([199, 300, 301, 302, 307, 400, 401, 404, 408, 500, 503])(
    "takes %i for a failed try",
    (status) => {
      expect(read(status)).toEqual({ outcome: "failed", undecided: false });
    },
  );

  it.each([502, 504])("takes %i of a gateway for a try that may have arrived", (status) => {
    expect(read(status)).toEqual({ outcome: "failed", undecided: true });
  });

  it.each([
    ["120", 120_000],
    ["0", 5_000],
    ["Thu, 24 Dec 2026 09:00:30 GMT", 30_000],
    ["Thursday, 24-Dec-26 09:00:30 GMT", 30_000],
    ["Thu, 24 Dec 2026 08:00:00 GMT", 5_000],
    ["999999999", 3_600_000],
    ["Fri, 24 Dec 2027 09:00:00 GMT", 3_600_000],
  ])("pauses after Retry-After: %s", (retryAfter, retryAfterMs) => {
    const headers = { "retry-after": retryAfter };
    expect(read(429, headers)).toEqual({ outcome: "busy", retryAfterMs });
    expect(read(503, headers)).toEqual({ outcome: "busy", retryAfterMs });
  });

  it.each(["", "soon", "-1", "1.5", "2026-12-24T09:00:30Z", "Sometime", "Mon, never"])(
    "pauses for five seconds after 429 with Retry-After: %s",
    (retryAfter) => {
      const headers = { "retry-after": retryAfter };
      expect(read(429, headers)).toEqual({ outcome: "busy", retryAfterMs: 5_000 });
      expect(read(503, headers)).toEqual({ outcome: "failed", undecided: false });
    },
  );

  it("pauses for five seconds until a date of a receiver that does not say its own", () => {
    const headers = new Headers({ "retry-after": "Thu, 24 Dec 2026 09:00:30 GMT" });
    const answer = readAnswer({ status: 503, headers });
    expect(answer).toEqual({ outcome: "busy", retryAfterMs: 5_000 });
  });
});
