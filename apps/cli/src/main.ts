#!/usr/bin/env node
import { nodeProblem } from "./node-problem.js";

// Before anything else is loaded: an older Node fails at the first import of what it does not have.
const problem = nodeProblem(process.versions.node);
if (problem === undefined) {
  const { runCommand } = await import("./run-command.js");
  await runCommand();
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
