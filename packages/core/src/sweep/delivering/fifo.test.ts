import fc from "fast-check";
import { expect, it } from "vitest";
import { createFifo } from "./fifo.js";

interface Item {
  readonly id: number;
}

function pair() {
  const fifo = createFifo<Item>();
  const array: Item[] = [];
  let id = 0;
  return {
    add() {
      fifo.add({ id });
      array.push({ id: id++ });
    },
    addFirst() {
      fifo.addFirst({ id });
      array.unshift({ id: id++ });
    },
    take: () => expect(fifo.take()).toEqual(array.shift()),
    clear: () => expect(fifo.clear()).toEqual(array.splice(0)),
    compare: () => expect([fifo.size, ...fifo]).toEqual([array.length, ...array]),
  };
}

it("does what an array does, whatever comes and goes", () => {
  const steps = fc.record({
    what: fc.constantFrom("add" as const, "add" as const, "take" as const, "addFirst" as const),
    times: fc.integer({ min: 1, max: 80 }),
    thenCleared: fc.nat(9).map((digit) => digit === 0),
  });
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 30 }), (taken) => {
      const both = pair();
      for (const { what, times, thenCleared } of taken) {
        for (let left = times; left > 0; left--) both[what]();
        if (thenCleared) both.clear();
        both.compare();
      }
    }),
    { numRuns: 500 },
  );
});
