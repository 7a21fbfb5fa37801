import { expect, it } from "vitest";
import { ConcurrencyLimit } from "../sweep/concurrency.js";
import { dueEvent } from "../test-support/due-event.js";
import type { Delivery, DueEvent } from "./due-event.js";
import { EventTable } from "./event-table.js";
import { SlowBuckets } from "./ready-events.js";

const DELIVERED: Delivery = { outcome: "delivered", isRemoved: true, latenessMs: 0 };

/** A table whose lanes `mail` and `hook` have room for two events each. */
function tableOf() {
  const destinations = new Map(
    ["mail", "hook"].map((name) => [name, { name, concurrency: 9, pausedUntilMs: 0 }]),
  );
  const table = new EventTable({
    targets: { isAllowed: () => true, whyRefused: () => "" },
    concurrency: new ConcurrencyLimit(64),
    slowBuckets: new SlowBuckets(),
    destinations,
    mostInMemory: 8,
    mostUpcoming: 9,
    deleteBatchSize: 10,
    dryRun: false,
    listsAgain: true,
  });
  const calling: DueEvent[] = [];
  return {
    table,
    admit: (...events: readonly DueEvent[]) => events.map((event) => table.admit(event, 9)),
    call(name = "mail") {
      const event = table.nextCall(name, 0);
      if (event !== undefined) calling.push(event);
      return event?.key;
    },
    end(count = 1) {
      for (const event of calling.splice(0, count)) table.callEnded(event, DELIVERED, 0);
    },
    log: () =>
      table.states
        .takeHappened()
        .map((event) => ("count" in event ? `${event.type} ${event.count}` : event.type)),
  };
}

const at = (id: string, bucket = "mail", atMs = 0) =>
  dueEvent(id, { atMs, sinceMs: atMs, to: { bucket, key: id }, target: `${bucket} ${id}` });

it("a full lane leaves events in the schedule, while others come in and the listing goes on", () => {
  const { table, admit, log } = tableOf();
  const events = [at("1"), at("2"), at("3"), at("4", "out"), at("5", "hook"), at("6")];
  expect(admit(...events)).toEqual(events.map(() => true));
  expect(events.map(({ state }) => state)).toEqual([
    "ready",
    "ready",
    "listed",
    "ready",
    "ready",
    "listed",
  ]);
  expect([table.hasRoom(9), log()]).toEqual([true, ["due 4"]]);
  expect([table.states.inMemory, table.states.unattemptedSinceMs]).toEqual([4, 0]);
  table.reportLeft();
  expect(log()).toEqual(["due 2", "postponed 2"]);
});

it("a page that is listed again comes in up to where the listing has come, and nothing else of it", () => {
  const { table, admit, call, end } = tableOf();
  const others = [at("0", "out"), at("3a", "out"), at("3b", "hook")];
  admit(at("1"), at("2"), at("3"), at("4"));
  expect(table.refill.isWorthIt).toBe(false);
  call();
  end();
  expect([table.refill.isWorthIt, table.refill.start()]).toEqual([true, ""]);
  const page = [at("2"), at("3"), at("5")];
  for (const event of [...others, ...page]) table.refill.admit(event, 9);
  expect([...others, ...page].map(({ state }) => state)).toEqual([
    "listed",
    "listed",
    "listed",
    "listed",
    "ready",
    "listed",
  ]);
  table.refill.end("3");
  expect(table.lanes.of("mail")?.left.fromKey).toBe("3\0");
  expect([call(), call()]).toEqual(["2", "3"]);
  end(2);
  table.refill.start();
  for (const id of ["4", "5"]) table.refill.admit(at(id), 9); // the listing has come to 4
  table.refill.end("7");
  expect([call(), table.refill.isWorthIt, table.states.unattemptedSinceMs]).toEqual([
    "4",
    false,
    undefined,
  ]);
  expect(admit(at("5"))).toEqual([true]);
  expect(call()).toBe("5");
});

it("an event that ends while a page is read does not come in by that page again", () => {
  const { table, admit, call, end } = tableOf();
  admit(at("1"), at("8", "mail", 10)); // the second one is not due yet
  table.startDue(10);
  admit(at("3"), at("9", "out"));
  expect([call(), call()]).toEqual(["1", "8"]);
  end();
  table.refill.start();
  end();
  const [left, ended] = [at("3"), at("8", "mail", 10)];
  for (const event of [left, ended]) table.refill.admit(event, 10);
  table.refill.end(undefined);
  expect([left.state, ended.state]).toEqual(["ready", "listed"]);
  expect(table.states.meet(at("8"))).toBeUndefined(); // no page shows it any more
});

it("a page that could not be read is listed again later", () => {
  const { table, admit, call, end } = tableOf();
  admit(at("k1"), at("k2"), at("k3"));
  call();
  end();
  expect(table.refill.start()).toBe("k");
  table.refill.end("");
  expect([table.refill.isWorthIt, table.refill.start()]).toEqual([true, "k"]);
});
