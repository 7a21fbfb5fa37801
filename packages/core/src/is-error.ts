/** Whether a value is an error, also one of another context: under Jest, `instanceof` says no to errors of Node itself. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}
