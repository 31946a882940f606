import { useMemo } from "preact/hooks";
import { words } from "../../words";
import type { Regime } from "./types";

export interface Asked {
  treaty: string;
  on: string;
  observing: string;
  observed: string;
  aircraft: string;
  start: string;
  end: string;
  seconds: number;
  /** For a bound on what any plan could be worth; 0: the program's own. */
  certificate: number;
  mark: "" | "EXERCISE" | "SIMULATED";
}

interface Props {
  asked: Asked;
  change: (next: Partial<Asked>) => void;
  regime: Regime | undefined;
  regimes: readonly { id: string; short: string }[];
}

export function Form({ asked, change, regime, regimes }: Props) {
  const parties = regime?.states_parties ?? [];
  const fields = useMemo(
    () => (regime?.airfields ?? []).filter((field) =>
      (field.state === asked.observed || field.holder === asked.observed)
      && field.maximum_flight_distance.length > 0),
    [regime, asked.observed],
  );
  const aircraft = regime?.aircraft ?? [];
  const select = (key: keyof Asked, name: string, options: [string, string][], empty?: string) => (
    <label>
      {name}
      <select value={String(asked[key])} onChange={(e) => change({ [key]: e.currentTarget.value })}>
        {empty !== undefined && <option value="">{empty}</option>}
        {options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
      </select>
    </label>
  );
  const states = parties.map((p): [string, string] => [p.code, p.name]);
  const groups = (regime?.passive_quotas ?? [])
    .filter((q) => !parties.some((p) => p.code === q.holder))
    .map((q): [string, string] => [q.holder, q.holder]);
  return (
    <div class="fields">
      {select("treaty", words.plan.regime, regimes.map((r): [string, string] => [r.id, r.short]))}
      <label>
        {words.plan.on}
        <input type="date" value={asked.on} onChange={(e) => change({ on: e.currentTarget.value })} />
      </label>
      {select("observing", words.plan.observing, states, words.plan.choose)}
      {select("observed", words.plan.observed, [...states, ...groups], words.plan.choose)}
      {select("aircraft", words.plan.aircraft,
        aircraft.map((a): [string, string] => [a.id, `${a.name} (${a.state})`]), words.plan.choose)}
      {select("start", words.plan.from, [
        ["any", words.plan.any],
        ...fields.map((f): [string, string] => [f.icao ?? f.id, `${f.name} ${f.icao ?? ""}`]),
      ], words.plan.choose)}
      {select("end", words.plan.to, [
        ["any", words.plan.any],
        ...fields.map((f): [string, string] => [f.icao ?? f.id, `${f.name} ${f.icao ?? ""}`]),
      ], words.plan.again)}
      <label>
        {words.plan.seconds}
        <input type="number" min="1" max="600" value={asked.seconds}
          onChange={(e) => change({ seconds: Number(e.currentTarget.value) || 10 })} />
      </label>
      <label>
        {words.plan.certificate}
        <input type="number" min="0" max="600" value={asked.certificate}
          onChange={(e) => change({ certificate: Number(e.currentTarget.value) || 0 })} />
      </label>
      {select("mark", words.plan.mark, [["EXERCISE", "EXERCISE"], ["SIMULATED", "SIMULATED"]],
        words.plan.noMark)}
    </div>
  );
}
