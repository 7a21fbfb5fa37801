import { createScheduler, createSweeper } from "@keywhen/core";
import type { Destination } from "@keywhen/core/destination";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectMessages, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const NEVER = () => new Promise<never>(() => {});
const home = { store: memoryStore(), bucket: "schedule" };
const sweeperWith = (destinations: unknown) => () =>
  createSweeper({ ...home, destinations: destinations as never });
const sweeperOf = (changes: object) =>
  sweeperWith({ mail: { deliver: NEVER, ...changes } satisfies Destination });

/** What a sweep reports of an event that this destination does not take. */
function failureOf(
  destination: Destination,
  call: { deadline?: string; signal?: AbortSignal } = {},
) {
  return async () => {
    const clock = manualClock("2026-12-24T11:00Z");
    const location = { store: memoryStore({ clock }), bucket: "schedule", clock };
    const to = { bucket: "mail", key: "k" };
    await createScheduler(location).schedule({ to, at: "2026-12-24T12:00Z" });
    await clock.advance("1h");
    const sweeper = createSweeper({ ...location, destinations: { mail: destination } });
    const [report] = await Promise.all([sweeper.sweep(call), clock.advance("2m")]);
    return report.outcome === "swept" ? report.errors[0]?.message : report;
  };
}

const answering = (answer: unknown) => failureOf({ deliver: async () => answer as never });

const OPTIONS: Messages = {
  "destinations must be an object of names and destinations (got ⟦an array⟧).": sweeperWith([]),
  'A name in destinations ⟦"hooks/eu"⟧ contains a slash: give the name alone, "hooks". Put the rest into the key.':
    sweeperWith({ "hooks/eu": { deliver: NEVER } }),
  "destinations.mail must have a method deliver() (got ⟦a function⟧).": sweeperWith({
    mail: NEVER,
  }),
  'The timeout of destination "mail" must be from 10ms to 1h (got ⟦"2h"⟧).': sweeperOf({
    timeout: "2h",
  }),
  'The concurrency of destination "mail" must be a whole number of at least 1 (got ⟦0⟧).':
    sweeperOf({ concurrency: 0 }),
};

const ANSWERS: Messages = {
  'mail/k: deliver() answered ⟦"done"⟧: return { outcome: "delivered" }, or why it is not':
    answering({ outcome: "done" }),
  "mail/k: it may take 60 s, this sweep has ⟦28⟧ s: sweep with a later deadline, or shorten its timeout":
    failureOf({ deliver: NEVER }, { deadline: "2026-12-24T12:00:30Z" }),
};

const FACTS = {
  "what a destination, or the user's own function, answers": {
    "mail/k: took longer than its timeout of ⟦5⟧ s": failureOf({ deliver: NEVER, timeout: "5s" }),
    "mail/k: deliver() threw: ⟦no such mailbox⟧": failureOf({
      deliver: () => Promise.reject(new Error("no such mailbox")),
    }),
    "mail/k: ⟦the mailbox is full⟧": answering({
      outcome: "failed",
      message: "the mailbox is full",
    }),
  },
  "the sweep was stopped": {
    "mail/k: the sweep ended before it answered": stopped(),
  },
};

function stopped() {
  return async () => {
    const stop = new AbortController();
    const deliver = () => {
      stop.abort();
      return NEVER();
    };
    return failureOf({ deliver }, { signal: stop.signal })();
  };
}

describe("messages about destinations", () => {
  expectMessages({
    messages: { ...OPTIONS, ...ANSWERS },
    facts: FACTS,
    texts: messageTextsIn(["packages/core/src/sweep"], (file) =>
      /(call-destination|destinations|event-opener)\.ts$/.test(file),
    ),
    exempt: {
      "an error that the sweep itself handles": [
        "the event is no longer in the schedule: it was canceled, or another sweeper delivered it",
        "the sweep ended before it could be handed over",
      ],
      "why a body ends that is read when it is too late": ["The delivery of this event has ended."],
    },
  });
});
