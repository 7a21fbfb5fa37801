import { expect, it } from "vitest";
import { nodeProblem } from "./node-problem.js";

it.each(["20.19.0", "20.20.2", "22.0.0", "24.1.0"])("runs on Node %s", (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});

it.each(["16.20.2", "18.20.0", "20.9.0", "20.18.3"])("says what it needs on Node %s", (version) => {
  expect(nodeProblem(version)).toContain(version);
});
