import { type Context, Hono } from "hono";
import type { PurgeOutcome, RedriveOutcome } from "../api/index.js";
import { check, idCheck, nothingCheck } from "../checks.js";
import type { Demo } from "../demo.js";
import { eventOfId } from "../live/journal.js";
import { toDeadLetterDetails } from "../wire.js";
import { listPage } from "./list-page.js";
import { notFound } from "./not-found.js";
import { readWhen, smallBody } from "./read-when.js";
import { sendBody } from "./send-body.js";
import { whyOf } from "./why-of.js";

/** What was given up: `/api/dead`. */
export function deadRoutes(demo: Demo): Hono {
  const { deadLetters } = demo;
  const idOf = (c: Context) => check(idCheck, c.req.param("id"));
  return new Hono()
    .get("/", async (c) => c.json(await listPage(c, deadLetters)))
    .get("/:id", async (c) => {
      check(nothingCheck, c.req.query());
      const letter = await deadLetters.get(idOf(c));
      if (letter === undefined) throw notFound("dead letter");
      return c.json(toDeadLetterDetails(letter));
    })
    .get("/:id/body", async (c) => {
      const id = idOf(c);
      const letter = await deadLetters.get(id);
      const stream = letter && (await deadLetters.open(id));
      if (stream === undefined) throw notFound("dead letter");
      return sendBody(c, { stream, size: letter?.size ?? 0, key: letter?.to.key ?? "" });
    })
    .post("/:id/redrive", smallBody, async (c) => c.json(await redrive(demo, c, idOf(c))))
    .delete("/:id", async (c) => c.json(await purge(demo, idOf(c))));
}

async function redrive(
  { deadLetters, journal }: Demo,
  c: Context,
  id: string,
): Promise<RedriveOutcome> {
  const when = await readWhen(c);
  const letter = await deadLetters.get(id);
  const redriven = await deadLetters.redrive(id, when);
  if (redriven.outcome === "not-found") return redriven;
  if (redriven.outcome === "undecided") {
    return { outcome: "undecided", newId: redriven.newId, ...whyOf(redriven) };
  }
  const event = eventOfId(redriven.id, letter?.size ?? 0);
  if (event !== undefined) journal.redriven(id, { ...event, writtenAt: new Date().toISOString() });
  return { outcome: "redriven", id: redriven.id, at: redriven.at.toISOString() };
}

async function purge({ deadLetters, journal }: Demo, id: string): Promise<PurgeOutcome> {
  const purged = await deadLetters.purge(id);
  if (purged.outcome === "undecided") return { outcome: "undecided", ...whyOf(purged) };
  if (purged.outcome === "purged") journal.purged(id);
  return purged;
}
