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

it("what was left is counted until it has come in, and what the listing has yet to meet is not", () => {
  const { table, admit, call, end, log } = tableOf();
  admit(at("1"), at("2"), at("3"));
  const reportLeft = () => {
    log();
    table.reportLeft();
    return log();
  };
  expect(reportLeft()).toEqual(["due 1", "postponed 1"]);
  call();
  call();
  end(2);
  table.refill.start();
  for (const id of ["3", "4"]) table.refill.admit(at(id), 9); // the listing has come to 3
  table.refill.end(undefined);
  expect(call()).toBe("3");
  expect(reportLeft()).toEqual([]);
});

it("an event that ends while a page is read does not come in by an older page of the listing", () => {
  const { table, admit, call, end } = tableOf();
  table.admit(at("8"), 9, false); // it has just been stored
  admit(at("1"), at("2"));
  expect([call(), call()]).toEqual(["8", "1"]);
  end(1);
  table.refill.start();
  end(1);
  table.refill.admit(at("2"), 9);
  table.refill.end(undefined);
  const again = at("8");
  admit(again);
  expect(again.state).toBe("listed");
});

it("an event that is stored after the listing has ended, and left, is listed again as well", () => {
  const { table, admit, call, end } = tableOf();
  admit(at("1"), at("2"));
  table.endListing();
  table.admit(at("9"), 9, false);
  expect(table.refill.isWorthIt).toBe(false);
  call();
  end();
  expect([table.refill.isWorthIt, table.refill.start()]).toEqual([true, ""]);
});

it("one page serves several lanes, from the first event that any of them has left", () => {
  const { table, admit, call, end } = tableOf();
  admit(at("k1"), at("k2"), at("k3", "hook"), at("k4", "hook"), at("k5", "hook"), at("m1"));
  for (const name of ["mail", "hook"]) call(name);
  end(2);
  expect(table.refill.start()).toBe("k");
  const page = [at("k5", "hook"), at("m1")];
  for (const event of page) table.refill.admit(event, 9);
  table.refill.end(undefined);
  expect(page.map(({ state }) => state)).toEqual(["ready", "ready"]);
});

it("what comes due starts again once a listing has met everything that was left", () => {
  const { table, admit, call, end } = tableOf();
  const next = at("9", "mail", 10);
  admit(at("1"), at("2"), at("3"), next);
  call();
  call();
  end(2);
  table.startListing();
  admit(at("3"));
  table.endListing();
  table.startDue(10);
  expect([next.state, call(), call()]).toEqual(["ready", "3", "9"]);
});

it("what comes due while the sweep stops stays untried, however full its lane is", () => {
  const { table, admit, log } = tableOf();
  admit(at("1"), at("2"), at("3", "mail", 10));
  table.stop(10);
  table.reportLeft();
  expect(log()).toEqual(["due 2", "left", "left", "due 1", "left"]);
});
