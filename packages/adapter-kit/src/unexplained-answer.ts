/** What to say of an HTTP error that gives no reason: it may come from a server that is not the store. */
export function unexplainedAnswer(status: number | undefined): string {
  return `answered ${status} without a reason: check the endpoint (host, port, http:// or https://) and the credentials`;
}
