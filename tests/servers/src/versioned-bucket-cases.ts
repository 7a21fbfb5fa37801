import assert from "node:assert/strict";
import type { ObjectStore } from "@keywhen/core/store";
import type { AnswerHandler, AnsweringServer } from "./answering-server.js";
import { OPERATIONS, storeErrorOf } from "./store-operations.js";
import { s3Error, xml } from "./unconfirmed-answers.js";

type OnCeph = (
  handler: AnswerHandler,
) => Promise<{ readonly store: ObjectStore } & Pick<AnsweringServer, "asked">>;

const putIfAbsent = (store: ObjectStore) =>
  storeErrorOf(OPERATIONS["put if absent"]?.(store) ?? Promise.resolve());
const isQuestion = (url: string) => url.includes("versioning");

/** What every client of S3 makes of a put with a condition to a Ceph bucket that keeps versions; by the names of the tests. */
export const VERSIONED_BUCKET_CASES: Readonly<Record<string, (onCeph: OnCeph) => Promise<void>>> = {
  async "reads from the bucket whether it keeps versions, and says what to do"(onCeph) {
    const enabled = "<Status>Enabled</Status>";
    const { store, asked } = await onCeph(() =>
      xml(`<VersioningConfiguration>${enabled}</VersioningConfiguration>`),
    );
    const { code, undecided, message } = await putIfAbsent(store);
    assert.deepEqual([code, undecided], ["not-supported", false]);
    assert.match(message, /bucket here keeps versions.*use a bucket that never had/);
    const questions = asked();
    assert.equal(questions.length, 1);
    assert.match(questions[0] ?? "", /^GET \/here\/?\?versioning=$/);
  },
  "reads from the answer that the bucket keeps versions if it may not ask": (onCeph) =>
    readsFromAnswer(onCeph, 403, "AccessDenied"),
  "reads from the answer that the bucket keeps versions if the store can't be asked": (onCeph) =>
    readsFromAnswer(onCeph, 501, "NotImplemented"),
};

async function readsFromAnswer(onCeph: OnCeph, status: number, code: string): Promise<void> {
  const written = { headers: { etag: '"e"', "x-amz-version-id": "v1" } };
  const { store } = await onCeph(({ url }) => (isQuestion(url) ? s3Error(status, code) : written));
  const error = await putIfAbsent(store);
  assert.deepEqual([error.code, error.undecided], ["not-supported", true]);
}
