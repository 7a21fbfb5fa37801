/** What a store answers instead of a result, in the form in which AWS's SDK throws it. */
export interface S3AnswerError extends Error {
  readonly $fault: "client" | "server";
  /** The bucket that is missing, which may be a copy's source. */
  readonly BucketName?: string | undefined;
}

/** The error of an answer, for `toStoreError`: its S3 code is the error's name. */
export function answerError(
  code: string,
  message: string = code,
  bucketName?: string | undefined,
): S3AnswerError {
  const more = bucketName === undefined ? {} : { BucketName: bucketName };
  return Object.assign(new Error(message), { name: code, $fault: "server" } as const, more);
}
