import { installHint, openSchedule } from "@keywhen/host";
import { monthlyCost } from "@keywhen/host/cost";
import { describe } from "vitest";
import { expectMessages, framed, type Messages } from "./expect-messages.js";
import { keywhen, MINE } from "./keywhen.js";
import { messageTextsIn } from "./message-texts.js";

const STORES =
  "file:./data (a folder), s3://bucket/root (S3 and compatible services), minio://host:port/bucket/root, gs://bucket/root and azure://account/container/root";
const open = (url: string, adapter?: string) => () => openSchedule(url, {}, adapter);

const STORE_URLS: Messages = {
  [`⟦No store⟧ is given. Give --store or set KEYWHEN_STORE: ${STORES}.`]: () =>
    openSchedule(undefined, {}),
  [`There is no adapter for ⟦"ftp:"⟧. Write one of these: ${STORES}. For any other store give its module: --adapter ./my-store.mjs (or KEYWHEN_ADAPTER).`]:
    open("ftp://bucket"),
  [`The store URL ⟦"./data"⟧ has no scheme. Did you mean file:./data? Write one of these: ${STORES}.`]:
    open("./data"),
  [`The store URL ⟦"my data"⟧ has no scheme. Write one of these: ${STORES}.`]: open("my data"),
  "The store URL ⟦\"'file:./data'\"⟧ begins or ends with a quote. Write file:./data.":
    open("'file:./data'"),
  'The store URL contains a line end, a control character, or a blank at an end (got ⟦"file:./data\\r"⟧). Remove it. A common source is an .env file with Windows line ends.':
    open("file:./data\r"),
  "The ~ in the store URL ⟦file:~/data⟧ is not expanded. Write $HOME or the whole path instead.":
    open("file:~/data"),
  "The store URL contains ⟦a user name or a password⟧. Remove what is before the @; credentials come from the environment.":
    open("s3://me:hidden@bucket"),
};

/** Opens a store by a module with this text. */
const by = (module: string) => keywhen(2, `list ${MINE}`, { module });
const opened = (text: string) => by(`export const open = () => (${text});`);
const STORE = "{ capabilities: {}, list() {} }";

const ADAPTERS: Messages = {
  ...framed(
    (what) =>
      `open(url, env) of the adapter ./my-store.mjs returned ⟦${what}⟧. Return { store, bucket, root }.`,
    {
      "a value of type undefined": opened("undefined"),
      null: opened("null"),
      "a store that is not an ObjectStore": opened("{ bucket: 'b' }"),
      "no bucket": opened(`{ store: ${STORE} }`),
      "a root that is not a string": opened(`{ store: ${STORE}, bucket: 'b', root: 1 }`),
    },
  ),
  "The adapter ./my-store.mjs can't open ⟦mine:x⟧: x is undefined. Correct the store URL or the module, whose open(url, env) threw this error.":
    by("export const open = () => { throw new TypeError('x is undefined'); };"),
  "The adapter ⟦./my-store.mjs⟧ exports no function open(url, env). Export one that returns { store, bucket, root }.":
    [by("export const store = 1;"), by("export const open = 1;")],
  "Can't load the adapter ⟦./my-store.mjs⟧: Cannot find package 'nowhere' imported from /home/my-store.mjs. Correct the module.":
    by("import 'nowhere';"),
  "There is no package ⟦nowhere-to-be-found⟧. Install it in the working directory, or next to this command. If it is a file, begin its path with ./.":
    open("mine:x", "nowhere-to-be-found"),
  "There is no adapter file ⟦./nowhere.mjs⟧. Correct the path: keywhen looked for /home/nowhere.mjs.":
    keywhen(2, "list --adapter ./nowhere.mjs"),
  "The adapter ⟦./⟧ is a folder. Give its file that exports open(url, env).": open("mine:x", "./"),
  'The --adapter (or KEYWHEN_ADAPTER) ⟦"\\"./x.mjs\\""⟧ begins or ends with a quote. Write ./x.mjs.':
    open("mine:x", '"./x.mjs"'),
  "Install it from the packed checkout, all in one command: npm install ../keywhen/packed/keywhen-core.tgz ⟦../keywhen/packed/keywhen-adapter-gcs.tgz⟧ @google-cloud/storage (with --global if keywhen is).":
    () => installHint("@keywhen/adapter-gcs", "@google-cloud/storage"),
};

const SETTINGS: Messages = {
  "KEYWHEN_ALLOW_TARGETS is set but contains no target (got ⟦\" \"⟧). Set it to patterns such as 'bucket/*', separated by commas, or unset it.":
    keywhen(2, "sweep", { env: { KEYWHEN_ALLOW_TARGETS: " " } }),
  "shards must be a number from 0 (got ⟦-1⟧).": () => monthlyCost({ events: 1, shards: -1 }),
  "shards must be greater than 0 (got ⟦0⟧).": () => monthlyCost({ events: 1, shards: 0 }),
};

/** Names of costs, which are not messages. The messages about destinations are in webhook.test.ts. */
const OTHERS = /cost\/(?:monthly-cost|prices|rivals)\.ts$|destinations\//;

describe("messages of the hosts on a command line", () => {
  expectMessages({
    messages: { ...STORE_URLS, ...ADAPTERS, ...SETTINGS },
    texts: messageTextsIn(["packages/host/src"], (file) => !OTHERS.test(file)),
    exempt: {
      "only if a package of keywhen is broken": ["/url exports no function open(url, env)"],
      "ends the process, so a scenario checks it": [
        "Stopping: finishing what is in progress. Press Ctrl-C again to end immediately.",
      ],
    },
  });
});
