/** How Lambda recognises a function that calls itself by way of S3; the SDK sends the same. */
export function traceId(): string | undefined {
  const { AWS_LAMBDA_FUNCTION_NAME, _X_AMZN_TRACE_ID } = process.env;
  return AWS_LAMBDA_FUNCTION_NAME && _X_AMZN_TRACE_ID ? _X_AMZN_TRACE_ID : undefined;
}
