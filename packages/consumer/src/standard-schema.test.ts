import { describe, expect, it } from "vitest";
import { describeIssues } from "./standard-schema.js";

describe("describeIssues()", () => {
  it("names where each issue is, for a path of keys and for a path of segments", () => {
    const issues = [
      { message: "expected a string", path: ["items", { key: 0 }, { key: "name" }] },
      { message: "too many" },
    ];
    expect(describeIssues(issues)).toBe("items.0.name: expected a string; too many");
  });
});
