import { KeywhenError } from "@keywhen/core";
import { ObjectStoreError, type StoreErrorCode } from "@keywhen/core/store";
import { describe } from "vitest";
import type { ApiErrorBody } from "../../../apps/demo/src/api/state.js";
import { answerTo } from "../../../apps/demo/src/api-failure.js";
import { type DemoOptions, readOptions } from "../../../apps/demo/src/options.js";
import { receivePayload } from "../../../apps/demo/src/routes/payload.js";
import { onLoopbackName } from "../../../apps/demo/src/security.js";
import { serve } from "../../../apps/demo/src/serve.js";
import { startDemo } from "../../../apps/demo/src/testing/start-demo.js";
import { PAGE, PAGE_FACTS } from "./demo-page.js";
import { expectMessages, type Facts, framed, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const options =
  (...args: string[]) =>
  () =>
    readOptions(args, { KEYWHEN_DEMO_TOKEN: "short" });

async function listenTwice(): Promise<unknown> {
  const app = { fetch: () => new Response() } as never;
  const options = { host: "127.0.0.1", port: 0 };
  await using first = await serve(app, options);
  return await serve(app, { ...options, port: first.port }).catch(
    ({ message, hint }) => `${message.replace(first.port, "PORT")} ${hint}`,
  );
}

const OPTIONS: Messages = {
  "error: option '--port <port>' argument ⟦'80000'⟧ is invalid. It must be a number up to 65535; 0 means a free port.":
    options("--port", "80000"),
  "error: option '--poll <duration>' argument ⟦'1h'⟧ is invalid. It must be from 100ms to 60s.":
    options("--poll", "1h"),
  "KEYWHEN_DEMO_TOKEN is too short (⟦5 characters⟧). Use at least 16 characters, or unset it: then the demo makes one.":
    options("--host", "0.0.0.0"),
  "Can't listen on 127.0.0.1, port ⟦PORT⟧ (EADDRINUSE). Give another --port.": listenTwice,
};

const textOf = ({ error: { message, hint } }: ApiErrorBody) =>
  hint === undefined ? message : `${message} ${hint}`;

/** What the server answers to a call. */
const answered =
  (path: string, init: RequestInit = {}, started?: Partial<DemoOptions>) =>
  async () => {
    await using demo = await startDemo(started);
    return textOf(JSON.parse(await (await demo.fetch(path, init)).text()));
  };
const post = (path: string, body = "", started?: Partial<DemoOptions>) =>
  answered(path, { method: "POST", body }, started);
const schedule = (query: string) => post(`/api/events?bucket=b&${query}`);
const reschedule = (body: string) => post("/api/events/x/reschedule", body);

const CALLS: Messages = {
  "There is nothing at ⟦/api/nothing⟧. Open / instead.": answered("/api/nothing"),
  'This call takes no ⟦"colour"⟧. Leave it out.': answered("/api/events?colour=red"),
  "⟦key⟧ is missing. Give it.": schedule("in=1h"),
  "in must be at least 1 character (got ⟦0⟧).": schedule("key=k&in="),
  "The id must be at most 4096 characters (got ⟦4097⟧).": answered(
    `/api/events/${"x".repeat(4_097)}`,
  ),
  "limit must be a whole number from 1 to 1000 (got ⟦0⟧).": answered("/api/events?limit=0"),
  'limit must be a whole number from 1 to 1000 (got ⟦"many"⟧).': answered("/api/events?limit=many"),
  'metadata must be JSON (got ⟦"Unexpected token \'x\', "x" is not valid JSON"⟧).':
    schedule("key=k&in=1h&metadata=x"),
  "metadata.a must be a string (got ⟦1⟧).": schedule("key=k&in=1h&metadata=%7B%22a%22:1%7D"),
  '⟦No time⟧ is given. Give at, like "2026-12-24T09:00+01:00", or in, like "10m".': [
    schedule("key=k"),
    reschedule("{}"),
  ],
  "Both ⟦at and in⟧ are given. Leave one out.": schedule("key=k&in=1h&at=2036-12-24T09:00Z"),
  'The body is ⟦not valid JSON⟧. Send {"in":"10m"} or {"at":"2026-12-24T09:00+01:00"}.':
    reschedule("nonsense"),
  'The body is ⟦longer than 10 kB⟧. Send {"in":"10m"} or {"at":"2026-12-24T09:00+01:00"}.':
    reschedule("x".repeat(10_001)),
  "The body must be an object (got ⟦null⟧).": reschedule("null"),
  "at must be a string (got ⟦1⟧).": reschedule('{"at":1}'),
  "The body is ⟦longer than 100 MB⟧. Schedule it with keywhen schedule --file, or with the library.":
    () => receivePayload({ req: { header: () => "100000001", raw: {} } } as never),
  "This server was started with ⟦--read-only⟧. Start it without, to change events.": post(
    "/api/sweeper/start",
    "",
    { isReadOnly: true },
  ),
  "This server cannot sweep, because it has ⟦no allowed targets⟧. Start it with --allow 'bucket/*'.":
    post("/api/sweeper/start", "", { allow: [] }),
  "⟦The token⟧ is missing or wrong. Open the address that this server printed at its start, with ?token=.":
    answered("/api/state", {}, { token: "a-token-of-some-length" }),
  "This server does not answer under the name ⟦evil.example⟧. Use localhost or 127.0.0.1, or start it with --host.":
    () => onLoopbackName({ req: { header: () => "evil.example" } } as never, async () => {}),
  "The call comes from a page of another site (⟦http://localhost:9⟧). Use the page of this server.":
    answered("/api/state", { headers: { origin: "http://localhost:9" } }),
};

const failed = (error: unknown) => () => textOf(answerTo(error).body);
const refused = (code: StoreErrorCode) =>
  failed(new ObjectStoreError({ code, operation: "list", bucket: "acme", message: "No" }));

const STORE: Messages = {
  ...framed((todo) => `list ⟦acme⟧: No. ${todo}`, {
    "Grant this server the permission that keywhen doctor names.": refused("denied"),
    "Correct or renew the credentials of this server.": refused("unauthenticated"),
    "Create the bucket, or correct its name.": refused("no-such-bucket"),
    "Try again later.": refused("throttled"),
    "Check the network and the store's address, then try again.": refused("unavailable"),
    "Try again.": refused("conflict"),
  }),
  "⟦The clock⟧ is wrong. Set this machine's clock (NTP).": failed(
    new KeywhenError("clock-skew", "The clock is wrong."),
  ),
  "⟦x is undefined⟧. Report this bug of keywhen.": failed(new TypeError("x is undefined")),
};

const FACTS: Facts = {
  "the page has the id": {
    "There is no event with this id any more.": answered(
      `/api/events/${encodeURIComponent("2036-12-24T08:00:00.000Z|b|k|d")}`,
    ),
  },
};

const EXEMPT = {
  "printed by the process, which process.test.ts checks": [
    "keywhen: Can't write to stdout: ",
    "See npm run demo -- --help.",
    "Press Ctrl-C to stop.",
    "delivers what is due to ",
    "the sweeper is off until it is started on the page",
    "does not sweep (start it with --allow 'bucket/*' to sweep)",
    "The store was empty: a few events were scheduled, the first is due in 5 s.",
  ],
  "not a message": [
    "img-src 'self' blob: data:",
    "npm run -s keywhen -- --store ",
    "schedule --in 10s --to inbox/hello.txt --body hello",
  ],
  "a bug of keywhen": [", which is not an event's id", "no reason is known"],
  "a label or a state of the page": [
    "Chart of lateness: nothing was delivered here yet",
    "Chart of lateness: median ",
    "Chart of deliveries per minute, the last ",
    "Nothing was delivered yet.",
    "no object: it was consumed or deleted",
    "no object: it went to a destination",
    "Redrive: try again now",
    "Type a text, or drop a file here",
    " here, written in UTC",
    ", with some characters as % and two hex digits a byte",
    "Length of the key",
    "random; choose one to make repeats harmless",
    "How long from now",
    "Time of the day",
    "It will not be delivered. Its body is deleted and can't be restored.",
    "It waits again, due now, with the same delivery id. First fix what made it fail.",
    "The event was never delivered. Its body is deleted and can't be restored.",
    "no price for this store",
    "Its first sweep is running.",
    "No sweep has ended here yet.",
    ": left to another sweeper",
    "Search waiting events by target, id or time",
    "Target, id or time, like 14:05",
    "; the next is due ",
    "No waiting event matches.",
    "with the form or from a terminal",
  ],
};

describe("messages of the demo", () => {
  expectMessages({
    messages: { ...OPTIONS, ...CALLS, ...STORE, ...PAGE },
    facts: { ...FACTS, ...PAGE_FACTS },
    texts: messageTextsIn(["apps/demo/src", "apps/demo/page"]),
    exempt: EXEMPT,
  });
});
