import { useMemo, useState } from "preact/hooks";
import { useAsked } from "../../asked";
import { Map } from "../../map/Map";
import { Cited, Failed, Waiting } from "../../shell/parts";
import { remember, usePlace } from "../../shell/route";
import { day, words } from "../../words";
import type { Regimes, View } from "./types";

const STANDINGS = [
  ["states_parties", "party", words.regime.bound],
  ["leaving", "leaving", words.regime.leaving],
  ["suspended", "suspended", words.regime.suspended],
  ["departed", "left", words.regime.left],
  ["signed_not_ratified", "signed", words.regime.signed],
  ["undetermined", "unknown", words.regime.undetermined],
] as const;

export default function Regime() {
  const { query } = usePlace();
  const known = useAsked<Regimes>("/regimes");
  const [which, setWhich] = useState(query.get("regime") ?? "open-skies");
  const [on, setOn] = useState(query.get("on") ?? "");
  const date = on || known.value?.today || "";
  const view = useAsked<View>(date ? `/regimes/${which}` : undefined, {
    on: date, section: ["parties", "quotas"],
  });
  const fills = useMemo(() => {
    const found: Record<string, string> = {};
    for (const [part, colour] of STANDINGS) {
      for (const row of view.value?.[part] ?? []) found[row.code] = colour;
    }
    return found;
  }, [view.value]);
  const choose = (next: { which?: string; on?: string }) => {
    if (next.which !== undefined) setWhich(next.which);
    if (next.on !== undefined) setOn(next.on);
    remember({ regime: next.which ?? which, on: next.on ?? date });
  };
  return (
    <>
      <h1>{words.regime.title}</h1>
      <div class="fields">
        <label>
          {words.regime.which}
          <select value={which} onChange={(e) => choose({ which: e.currentTarget.value })}>
            {known.value?.regimes.map((r) => <option key={r.id} value={r.id}>{r.short}</option>)}
          </select>
        </label>
        <label>
          {words.regime.on}
          <input type="date" value={date} onChange={(e) => choose({ on: e.currentTarget.value })} />
        </label>
      </div>
      {known.problem && <Failed problem={known.problem} again={known.again} />}
      {view.problem && <Failed problem={view.problem} again={view.again} />}
      <div class="two">
        <div>
          <Map label={`${words.regime.title}, ${day(date || "1992-03-24")}`}
            box={[-130, 20, 180, 76]} fills={fills} />
          <ul class="legend">
            {STANDINGS.map(([part, colour, name]) => (
              <li key={part}>
                <i style={{ background: `var(--${colour})` }} />
                {name} {view.value ? `(${view.value[part]?.length ?? 0})` : ""}
              </li>
            ))}
          </ul>
        </div>
        <div class="card">
          {view.value
            ? <Parties view={view.value} />
            : view.waiting && <Waiting />}
        </div>
      </div>
    </>
  );
}

function Parties({ view }: { view: View }) {
  return (
    <>
      <h2>{view.name}</h2>
      <div class="scroll">
        <table>
          <tbody>
            {view.states_parties.map((row) => (
              <tr key={row.code}>
                <th scope="row">{row.name}</th>
                <td><Cited cite={row.cite}>{row.since ? day(row.since) : ""}</Cited></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
