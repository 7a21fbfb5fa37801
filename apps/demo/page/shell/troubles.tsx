import { clockTime } from "../format/time.js";
import { connection, demo, loadProblem } from "../live/page-state.js";

/** Problems of the whole page, and what to do about them. */
export function Troubles() {
  const trouble = demo.value?.trouble;
  const problem = loadProblem.value;
  return (
    <div class="troubles" role="alert">
      {connection.value === "reconnecting" && (
        <p class="message warn">
          The demo's server does not answer, so this page may be out of date. Start the server
          again: <code>npm run demo</code>. The page reconnects by itself.
        </p>
      )}
      {connection.value !== "reconnecting" && problem && (
        <p class="message bad">
          {problem.message} {problem.hint}
        </p>
      )}
      {trouble && (
        <p class="message bad">
          The store has failed since {clockTime(Date.parse(trouble.at))}:{" "}
          <bdi>{trouble.message}</bdi>. This page may be out of date. <code>keywhen doctor</code>{" "}
          finds the cause.
        </p>
      )}
    </div>
  );
}
