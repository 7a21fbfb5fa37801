import { connection, demo, loadProblem } from "../live/page-state.js";
import { storeTroubleWords, UNREACHABLE } from "./trouble-words.js";

/** Problems of the whole page, and what to do about them. */
export function Troubles() {
  const trouble = demo.value?.trouble;
  const problem = loadProblem.value;
  const isReconnecting = connection.value === "reconnecting";
  return (
    <div class="troubles" role="alert">
      {isReconnecting && <p class="message warn">{UNREACHABLE}</p>}
      {!isReconnecting && problem && (
        <p class="message bad">
          {problem.message} {problem.hint}
        </p>
      )}
      {trouble && (
        <p class="message bad">
          <bdi>{storeTroubleWords(trouble)}</bdi>
        </p>
      )}
    </div>
  );
}
