import type { Finding } from "@keywhen/core/store";
import { type ExamineOptions, examineStore } from "../examine-store.js";

/** Everything that an examination finds. */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const finding of examineStore(options)) findings.push(finding);
  return findings;
}

export function failedIn(findings: readonly Finding[]): string[] {
  return findings.filter(({ status }) => status === "fail").map(({ name }) => name);
}

export function named(findings: readonly Finding[], name: string): Finding | undefined {
  return findings.find((finding) => finding.name === name);
}
