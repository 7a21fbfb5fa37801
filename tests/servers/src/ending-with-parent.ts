/** Node's arguments for a child that must not outlive the process that starts it, such as a test run that is killed. */
export const ENDING_WITH_PARENT: readonly string[] = [
  "--import",
  new URL("../dist/end-with-parent.js", import.meta.url).href,
];
