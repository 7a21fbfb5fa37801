const INSTANT =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z$/;

/** Whether it is an instant as S3 writes them. */
export function isInstant(text: string): boolean {
  return INSTANT.test(text);
}
