/** Each name of an event's metadata, in capitals, comes after this. */
export const METADATA_VARIABLE = "KEYWHEN_META_";
const VARIABLES = [
  "KEYWHEN_DELIVERY_ID",
  "KEYWHEN_DUE_AT",
  "KEYWHEN_BUCKET",
  "KEYWHEN_KEY",
  "KEYWHEN_CONTENT_TYPE",
];

/** Whether a variable describes the event that a command is run for. Such a command may call `keywhen` itself. */
export function describesEvent(name: string): boolean {
  return VARIABLES.includes(name) || name.startsWith(METADATA_VARIABLE);
}
