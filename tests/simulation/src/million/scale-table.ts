import { PRICES, requestDollars } from "@keywhen/host/cost";
import type { Outcome } from "./run-million.js";
import type { Targets } from "./shard-events.js";

const TARGETS: Readonly<Record<Targets, string>> = {
  own: "a partition for each shard",
  mixed: "all partitions, instants spread over 1 s",
  sorted: "all partitions, one instant",
  one: "one partition",
};

/** The memory of a function that has a full core. */
const FUNCTION_GIGABYTES = 1_769 / 1_024;

export function scaleTable(outcomes: readonly Outcome[]): string {
  const head = [
    "shards, sweepers",
    "copies in flight, each",
    "targets in",
    "drained in",
    "settles at",
    "of the limit",
    "503s",
    "left for later",
    "requests, Lambda (USD)",
  ];
  const align = "| ---: | ---: | :--- | ---: | ---: | ---: | ---: | ---: | ---: |";
  return [`| ${head.join(" | ")} |`, align, ...outcomes.map(row)].join("\n");
}

function row(outcome: Outcome): string {
  const { setup, drainedMs, settledPerSecond, limitPerSecond, slowDowns, left, requests } = outcome;
  const { dollars } = PRICES.lambda.compute;
  const lambda = setup.shards * (drainedMs / 1_000) * FUNCTION_GIGABYTES * dollars;
  const cells = [
    setup.shards,
    setup.concurrency,
    TARGETS[setup.targets],
    `${(drainedMs / 1_000).toFixed(1)} s`,
    `${count(Math.round(settledPerSecond / 10) * 10)}/s`,
    `${((100 * settledPerSecond) / limitPerSecond).toFixed(0)} %`,
    `${count(slowDowns)} (${((100 * slowDowns) / setup.events).toFixed(2)} %)`,
    count(left),
    `${requestDollars(requests).toFixed(2)} + ${lambda.toFixed(3)}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
