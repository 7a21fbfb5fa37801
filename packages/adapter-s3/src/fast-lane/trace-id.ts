/** Lambda's trace of the current invocation, by which a function that calls itself by way of S3 is recognised. */
export type TraceId = () => string | undefined;

/** The trace as the SDK sends it. Where there is none that is looked up once: the environment is slow to read. */
export function traceIds(env: Readonly<Record<string, string | undefined>>): TraceId {
  if (!env["AWS_LAMBDA_FUNCTION_NAME"]) return () => undefined;
  return () => env["_X_AMZN_TRACE_ID"] || undefined;
}
