import { listPage } from "@keywhen/core/internal";
import type { Finding } from "@keywhen/core/store";
import { type Examination, toleratedFinding } from "./examination.js";

const name = "dead letters";

/** Whether events were given up: the first page of them. */
export function checkDeadLetters({ home, store, call }: Examination): Promise<Finding> {
  return toleratedFinding(name, async () => {
    const { bucket, deadPrefix: prefix, codec } = home;
    const page = await listPage(store, { bucket, prefix }, call);
    const ids = page.objects.map(({ key }) => key.slice(prefix.length));
    const count = ids.filter((id) => codec.decode(id) !== undefined).length;
    if (count === 0) return { name, status: "ok", detail: "none" };
    const number = page.more ? `${count} or more` : `${count}`;
    const hint = "keywhen dead list shows why; fix the cause, then run keywhen dead redrive";
    return { name, status: "warn", detail: `${number} could not be delivered`, hint };
  });
}
