import type { SweepEvent } from "@keywhen/core";
import { describe, expect, it } from "vitest";
import { createSweepNotes } from "./sweep-notes.js";

const pausedEvent = (destination: string): SweepEvent => ({
  type: "destination-paused",
  destination,
  until: new Date("2026-11-25T08:00:30Z"),
  message: `${destination}/k: full`,
});

describe("createSweepNotes()", () => {
  it("notes the first pause of each destination in each sweep", () => {
    const notes: string[] = [];
    const { observe, end } = createSweepNotes((text) =>
      notes.push(text.replace(/ until \S+:/, ":")),
    );
    for (const name of ["hooks", "hooks", "mail", "hooks"]) observe(pausedEvent(name));
    end();
    observe(pausedEvent("hooks"));
    const [hooks, mail] = ["hooks", "mail"].map(
      (name) => `${name} gets no events: ${name}/k: full`,
    );
    expect(notes).toEqual([hooks, mail, hooks]);
  });
});
