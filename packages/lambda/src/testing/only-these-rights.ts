import { readFileSync } from "node:fs";

/** A statement of an IAM policy that allows. */
export interface AllowStatement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** The policy in the section of a page: its JSON block. */
export function policyIn(page: string, section: string): AllowStatement[] {
  const text = readFileSync(page, "utf8").split(`\n## ${section}\n`)[1] ?? "";
  const json = /```json\n(.*?)```/s.exec(text.split("\n## ")[0] ?? "")?.[1];
  if (json === undefined) throw new Error(`${page} shows no policy under "${section}"`);
  return JSON.parse(json).Statement;
}

/** Every action that keywhen's requests need. */
const ACTIONS = [
  "s3:ListBucket",
  "s3:GetObject",
  "s3:GetObjectTagging",
  "s3:PutObject",
  "s3:PutObjectTagging",
  "s3:DeleteObject",
];

/**
 * A bucket policy that denies everybody what the statements don't allow in this bucket. A test server's one user owns
 * its buckets, so only a denial limits it. Conditions are ignored.
 */
export function onlyTheseRights(statements: readonly AllowStatement[], bucket: string): string {
  const Statement = ACTIONS.map((Action) => ({
    Effect: "Deny",
    Principal: "*",
    Action,
    ...allBut(allowedFor(Action, statements, bucket), bucket),
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function allowedFor(action: string, statements: readonly AllowStatement[], bucket: string) {
  return statements
    .filter(({ Action }) => listOf(Action).includes(action))
    .flatMap(({ Resource }) => listOf(Resource))
    .filter((resource) => resource.split("/")[0] === `arn:aws:s3:::${bucket}`);
}

/** The gateway looks at the bucket's own name, too, before it deletes several objects in one request. */
function allBut(allowed: readonly string[], bucket: string) {
  const arn = `arn:aws:s3:::${bucket}`;
  if (allowed.length === 0) return { Resource: [arn, `${arn}/*`] };
  return { NotResource: [arn, ...allowed] };
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
