import { useState } from "preact/hooks";
import { ApiError, send, type Problem } from "../../api";
import { Failed, Waiting } from "../../shell/parts";
import { words } from "../../words";
import { PARTS, type Flight, type Given, type Part } from "./types";

interface Props {
  given: Given;
  flight: Flight | undefined;
  set: (given: Given) => void;
}

/** Files in the place of the folder's own, each by what it is. */
export function Files({ given, flight, set }: Props) {
  const [problem, setProblem] = useState<Problem | undefined>();
  const [busy, setBusy] = useState<Part | undefined>();
  const [over, setOver] = useState<Part | undefined>();
  const take = async (part: Part, file: File | undefined) => {
    if (!file) return;
    setProblem(undefined);
    setBusy(part);
    try {
      const kept = await send<{ file: string }>(
        "POST", `/flights/files?part=${part}`, await file.arrayBuffer(),
      );
      set({ ...given, [part]: { file: kept.file, name: file.name } });
    } catch (error) {
      setProblem(error instanceof ApiError
        ? { ...error.problem, file: file.name }
        : { kind: "error", message: String(error), remedy: "" });
    } finally {
      setBusy(undefined);
    }
  };
  const own = (part: Part): boolean => Boolean(flight?.[part]);
  return (
    <div class="given">
      {PARTS.map((part) => (
        <div key={part} class={over === part ? "drop over" : "drop"}
          onDragOver={(e) => { e.preventDefault(); setOver(part); }}
          onDragLeave={() => setOver(undefined)}
          onDrop={(e) => {
            e.preventDefault();
            setOver(undefined);
            void take(part, e.dataTransfer?.files[0]);
          }}>
          <label class="file">
            {words.flight.parts[part]}
            <input type="file" onChange={(e) => {
              void take(part, e.currentTarget.files?.[0]);
              e.currentTarget.value = "";
            }} />
          </label>
          <p class="hint" aria-live="polite">
            {given[part]?.name ?? (own(part) ? words.flight.own : words.flight.dropHere)}
          </p>
        </div>
      ))}
      {busy && <Waiting>{words.flight.reading}</Waiting>}
      {problem && <Failed problem={problem} />}
    </div>
  );
}
