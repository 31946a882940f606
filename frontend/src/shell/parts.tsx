import type { ComponentChildren } from "preact";
import type { Problem } from "../api";
import { words } from "../words";

export function Waiting({ children }: { children?: ComponentChildren }) {
  return <p class="waiting" role="status">{children ?? words.state.waiting}…</p>;
}

/** What went wrong, and what to do next; never a blank place. */
export function Failed({ problem, again }: { problem: Problem; again?: () => void }) {
  const place = [problem.file, problem.line, problem.where].filter(Boolean).join(": ");
  return (
    <div class="failed" role="alert">
      <p><strong>{problem.message}</strong>{place && <> <code>{place}</code></>}</p>
      {problem.remedy && <p>{problem.remedy}</p>}
      {again && <button type="button" onClick={again}>{words.state.again}</button>}
    </div>
  );
}

/** A value nobody public knows: said so, never blank and never a zero. */
export function Unknown({ why }: { why?: string | undefined }) {
  return <span class="unknown" title={why}>{words.state.unknown}</span>;
}

/** A figure or word with where it comes from: on hover, on focus, and for readers of the page. */
export function Cited(
  { children, cite }: { children: ComponentChildren; cite: readonly string[] },
) {
  if (!cite.length) return <>{children}</>;
  return (
    <span class="cited" tabIndex={0}>
      {children}
      <span class="cite" role="note">{cite.join("; ")}</span>
    </span>
  );
}
