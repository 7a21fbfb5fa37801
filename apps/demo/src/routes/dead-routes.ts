import { type Context, Hono } from "hono";
import type { PurgeOutcome, RedriveOutcome } from "../api/events.js";
import { notFound, whyOf } from "../api-failure.js";
import { check, idCheck, nothingCheck, readWhen, smallBody } from "../checks.js";
import type { Demo } from "../open-demo.js";
import { toDeadLetterDetails, writtenEvent } from "../wire.js";
import { listPage } from "./list-page.js";
import { sendBodyOf } from "./send-body.js";

/** Dead letters: `/api/dead`. */
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
    .get("/:id/body", (c) => sendBodyOf(c, deadLetters, idOf(c), "dead letter"))
    .post("/:id/redrive", smallBody, async (c) => c.json(await redrive(demo, c, idOf(c))))
    .delete("/:id", async (c) => c.json(await purge(demo, idOf(c))));
}

async function redrive(
  { deadLetters, recorder }: Demo,
  c: Context,
  id: string,
): Promise<RedriveOutcome> {
  const when = await readWhen(c);
  const letter = await deadLetters.get(id);
  const redriven = await deadLetters.redrive(id, when);
  const { outcome } = redriven;
  if (outcome === "not-found") return redriven;
  if (outcome === "undecided") return { outcome, newId: redriven.newId, why: whyOf(redriven) };
  const event = writtenEvent(redriven.id, letter?.size);
  if (event !== undefined) recorder.redriven(id, event);
  return { outcome, id: redriven.id, at: redriven.at.toISOString() };
}

async function purge({ deadLetters, recorder }: Demo, id: string): Promise<PurgeOutcome> {
  const purged = await deadLetters.purge(id);
  if (purged.outcome === "purged") recorder.purged(id);
  return { outcome: purged.outcome, why: whyOf(purged) };
}
