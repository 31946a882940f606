import { words } from "../../words";
import type { Finding } from "./types";

const MARK = { breach: "✗", undetermined: "?", "right arises": "!", compliant: "✓", "does not apply": "–" };
const ORDER = ["breach", "undetermined", "right arises", "compliant", "does not apply"];

/** Every rule with its paragraph, what is amiss first. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    groups.set(finding.verdict, [...(groups.get(finding.verdict) ?? []), finding]);
  }
  return (
    <div class="findings">
      {ORDER.filter((verdict) => groups.has(verdict)).map((verdict) => {
        const rows = collapsed(groups.get(verdict) ?? []);
        return (
          <details key={verdict} open={verdict === "breach" || verdict === "undetermined"}>
            <summary>
              <span class={`verdict ${verdict.replace(" ", "-")}`}>
                {MARK[verdict as keyof typeof MARK]} {words.verdicts[verdict as Finding["verdict"]]}
              </span>{" "}
              ({rows.length})
            </summary>
            <ul>
              {rows.map((finding, number) => (
                <li key={number}>
                  {finding.message} <cite>{finding.cite}</cite>
                </li>
              ))}
            </ul>
          </details>
        );
      })}
    </div>
  );
}

/** One line a rule where it says the same of many legs. */
function collapsed(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const key = finding.verdict === "compliant" ? finding.rule : finding.rule + finding.message;
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()];
}
