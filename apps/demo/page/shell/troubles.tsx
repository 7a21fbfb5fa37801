import { clockTime } from "../format/time.js";
import { connection, demo, loadProblem } from "../live/page-state.js";

/** What is wrong with all of the page, and what to do about it. Nothing if all is well. */
export function Troubles() {
  const trouble = demo.value?.trouble;
  const problem = loadProblem.value;
  return (
    <div class="troubles" role="alert">
      {connection.value === "reconnecting" && (
        <p class="message warn">
          The demo's server doesn't answer, so what is shown may be old. The page reconnects by
          itself; start the server again where you started it: <code>npm run demo</code>
        </p>
      )}
      {connection.value !== "reconnecting" && problem && (
        <p class="message bad">
          {problem.message} {problem.hint}
        </p>
      )}
      {trouble && (
        <p class="message bad">
          The store doesn't answer as it should since {clockTime(Date.parse(trouble.at))}:{" "}
          <bdi>{trouble.message}</bdi>. What is shown may be old. <code>keywhen doctor</code> looks
          for the cause.
        </p>
      )}
    </div>
  );
}
