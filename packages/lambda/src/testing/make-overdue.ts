import { wakeUpId } from "@keywhen/core/internal";
import type { ObjectStore } from "@keywhen/core/store";

const TOKEN = "ghijklmn";

/** Makes an occurrence of a stored schedule due since a minute, as if no sweeper had run. `body` is the schedule's. */
export async function makeOverdue(
  store: ObjectStore,
  bucket: string,
  name: string,
  body: string,
): Promise<void> {
  const ref = { bucket, key: `keywhen/schedules/${name}` };
  const definition = JSON.parse(await new Response((await store.get(ref))?.body).text());
  const at = new Date(Date.now() - 60_000).toISOString();
  const next = { at, occurrence: at, token: TOKEN };
  await store.put(ref, Buffer.from(JSON.stringify({ ...definition, next })));
  const { to } = definition;
  const id = wakeUpId({ atMs: Date.parse(at), to, name, occurrence: at, token: TOKEN });
  await store.put({ bucket, key: `keywhen/pending/${id}` }, Buffer.from(body));
}
