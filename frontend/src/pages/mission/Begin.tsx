import { useState } from "preact/hooks";
import { useAsked } from "../../asked";
import { send, type Problem } from "../../api";
import { Failed } from "../../shell/parts";
import { go } from "../../shell/route";
import { words } from "../../words";
import type { Regimes } from "../regime/types";
import { problemOf, sit } from "./seat";

type Made = { seats: Record<"observing" | "observed", { name: string; key: string }> };

/** No seat was named: those that there are, and an exercise to learn by. */
export function Begin() {
  const known = useAsked<Regimes>("/regimes");
  const seats = useAsked<{ seats: string[] }>("/seats");
  const [treaty, setTreaty] = useState("open-skies");
  const [on] = useState("2021-05-19");
  const view = useAsked<{ states_parties: { code: string; name: string }[] }>(`/regimes/${treaty}`, { on });
  const [observing, setObserving] = useState("DEU");
  const [observed, setObserved] = useState("RUS");
  const [made, setMade] = useState<Made | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  const begin = async () => {
    setProblem(undefined);
    try {
      setMade(await send<Made>("POST", "/exercises", { treaty, observing, observed }));
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const parties = view.value?.states_parties ?? [];
  const choice = (name: string, value: string, set: (code: string) => void) => (
    <label>
      {name}
      <select value={value} onChange={(e) => set(e.currentTarget.value)}>
        {parties.map((p) => <option key={p.code} value={p.code}>{p.name}</option>)}
      </select>
    </label>
  );
  return (
    <>
      <p>{words.mission.begin}</p>
      {seats.value && seats.value.seats.length > 0 && <p class="notice">{words.mission.haveKey}</p>}
      <section class="card">
        <h2>{words.mission.exercise}</h2>
        <p>{words.mission.exerciseHelp}</p>
        <div class="fields">
          <label>
            {words.regime.which}
            <select value={treaty} onChange={(e) => setTreaty(e.currentTarget.value)}>
              {known.value?.regimes.map((r) => <option key={r.id} value={r.id}>{r.short}</option>)}
            </select>
          </label>
          {choice(words.plan.observing, observing, setObserving)}
          {choice(words.plan.observed, observed, setObserved)}
          <button type="button" class="main" onClick={() => void begin()}>{words.mission.make}</button>
        </div>
        {problem && <Failed problem={problem} />}
        {made && (
          <ul class="seats">
            {(["observing", "observed"] as const).map((side) => {
              const { name, key } = made.seats[side];
              return (
                <li key={side}>
                  <a
                    href={`/mission?seat=${name}#seat=${key}`} target="_blank" rel="noopener"
                  >
                    {words.mission.openSeat[side]}
                  </a>{" "}
                  <button type="button" onClick={() => { sit(name, key); go(`/mission?seat=${name}`); }}>
                    {words.mission.here}
                  </button>
                </li>
              );
            })}
          </ul>
        )}
      </section>
    </>
  );
}
