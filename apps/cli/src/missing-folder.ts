/** Says that the folder of a `file:` URL does not exist, which reads like an empty schedule. */
export function missingFolderNote(url: string, bucket: string): string {
  return `There is no folder ${pathOf(url)}/${bucket} yet, so nothing is scheduled there. The first event creates it; if you expected events, correct the store URL.`;
}

/** As it was typed. Opening the store has checked its form. */
function pathOf(url: string): string {
  const [path = ""] = url.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, "").split("?");
  return decodeURIComponent(path).replace(/\/+$/, "");
}
