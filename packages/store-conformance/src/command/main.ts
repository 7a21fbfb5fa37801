#!/usr/bin/env node
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type OpenSchedule, visibleLines } from "@keywhen/core/store";
import { proveStore } from "../prove-store.js";
import { NotReady } from "../readiness.js";
import { undeclared } from "../themes/capabilities.js";
import { capabilityTable } from "./capability-table.js";
import { type CommandOptions, readOptions, USAGE } from "./options.js";
import { createRegister, runProofs } from "./run-proofs.js";

// Errors contain text of the store and its server.
const say = (lines: string) => void process.stdout.write(`${visibleLines(lines)}\n`);
const complain = (lines: string) => void process.stderr.write(`${visibleLines(lines)}\n`);

let isUnprinted = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || isUnprinted) return; // without a reader (`| head`) the proofs still go on and clean up
  isUnprinted = true;
  complain(`store-conformance: Can't write to stdout: ${error.message}.`);
});
process.once("exit", () => {
  if (isUnprinted) process.exitCode ||= 2;
});
process.stderr.on("error", () => {}); // there is no way left to report it

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  complain(`store-conformance: ${textOf(error)}`);
  return 2;
});

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    say(USAGE);
    return 0;
  }
  const options = readOptions(args, process.env);
  if (typeof options === "string") throw new Error(`${options} See --help.`);
  return prove(options);
}

async function prove({ module, url, buckets }: CommandOptions): Promise<number> {
  const open = await loadOpen(module);
  const home = await open(url, process.env);
  const register = createRegister();
  const { describe, it } = register;
  const opened = { store: home.store, buckets, close: async () => home[Symbol.asyncDispose]() };
  proveStore({ describe, it, name: module, open: async () => opened });
  let broken = 0;
  let theme = "";
  for await (const { proof, failure } of runProofs(register.proofs)) {
    if (failure instanceof NotReady) {
      await home[Symbol.asyncDispose]();
      return notReady(failure, broken);
    }
    if (proof.theme !== theme) say(`\n${proof.theme}`);
    theme = proof.theme;
    say(`  ${failure === undefined ? "ok  " : "FAIL"}  ${proof.promise}`);
    if (failure === undefined) continue;
    broken += 1;
    say(indented(failure));
  }
  const { capabilities } = home.store;
  if (undeclared(capabilities).length === 0) {
    say(["", ...capabilityTable(capabilities)].join("\n"));
  }
  say(`\n${register.proofs.length - broken} of ${register.proofs.length} promises hold.`);
  return broken === 0 ? 0 : 1;
}

async function loadOpen(module: string): Promise<OpenSchedule> {
  const isFile = /^[./]|\.[cm]?js$/.test(module);
  const loaded: unknown = await import(isFile ? pathToFileURL(resolve(module)).href : module);
  if (isAdapter(loaded)) return loaded.open;
  throw new Error(`${module} exports no function open(url, env).`);
}

function isAdapter(loaded: unknown): loaded is { readonly open: OpenSchedule } {
  return typeof loaded === "object" && loaded !== null && "open" in loaded
    ? typeof loaded.open === "function"
    : false;
}

/** All other proofs would fail for the same reason. */
function notReady({ message }: NotReady, broken: number): number {
  complain(`\nstore-conformance: ${message} No other promise was tried.`);
  return broken === 0 ? 2 : 1;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function indented(error: unknown): string {
  const lines = textOf(error)
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line) => `        ${line}`).join("\n");
}
