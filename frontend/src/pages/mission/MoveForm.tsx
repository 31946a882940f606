import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../../api";
import { Failed, Waiting } from "../../shell/parts";
import { words } from "../../words";
import { look, problemOf, tell } from "./seat";
import type { Act, Field, MoveForm as Form } from "./types";

const TAKES = new Set(["plan-submission", "plan-alternatives", "plan-changes"]);
type Row = Record<string, string>;

/** What a move says: its message's fields, the document that goes with it. */
export function MoveForm(
  { seat, act, at, done }: { seat: string; act: Act; at: string; done: () => void },
) {
  const [form, setForm] = useState<Form | undefined>();
  const [values, setValues] = useState<Row>({});
  const [rows, setRows] = useState<Record<string, Row[]>>({});
  const [facts, setFacts] = useState("");
  const [remarks, setRemarks] = useState("");
  const [document_, setDocument] = useState<unknown>(null);
  const [problem, setProblem] = useState<Problem | undefined>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    look<Form>(seat, `/moves/${act.move}`).then(setForm, (e: unknown) => setProblem(problemOf(e)));
  }, [seat, act.move]);
  const read = async (file: File | undefined) => {
    if (!file) return;
    try {
      setDocument(JSON.parse(await file.text()));
      setProblem(undefined);
    } catch {
      setProblem({ kind: "error", message: words.state.notJson, remedy: "", file: file.name });
    }
  };
  const fill = async (file: File | undefined) => {
    if (!file) return;
    try {
      const given = JSON.parse(await file.text()) as Record<string, unknown>;
      const flat: Row = {};
      const lists: Record<string, Row[]> = {};
      const walk = (node: Record<string, unknown>, stem: string) => {
        for (const [key, value] of Object.entries(node)) {
          if (Array.isArray(value) && typeof value[0] === "object") {
            lists[stem + key] = value.map((row: Record<string, unknown>) =>
              Object.fromEntries(Object.entries(row).map(([k, v]) => [k, text(v)])));
          } else if (value && typeof value === "object" && !Array.isArray(value)) {
            walk(value as Record<string, unknown>, `${stem}${key}.`);
          } else flat[stem + key] = text(value);
        }
      };
      walk((given["content"] ?? given) as Record<string, unknown>, "");
      setValues((old) => ({ ...old, ...flat }));
      setRows((old) => ({ ...old, ...lists }));
    } catch {
      setProblem({ kind: "error", message: words.state.notJson, remedy: "", file: file.name });
    }
  };
  const go = async () => {
    if (!form) return;
    setBusy(true);
    setProblem(undefined);
    const content: Record<string, unknown> = {};
    for (const item of form.items) {
      if (item.records) {
        const kept = (rows[item.records] ?? []).map((row) => pack(item.fields, row));
        if (kept.length) content[item.records] = kept;
      } else Object.assign(content, merged(content, pack(item.fields, values)));
    }
    const said = Object.fromEntries(facts.split("\n").filter(Boolean).map((line) => {
      const [name, ...rest] = line.split("=");
      return [(name ?? "").trim(), rest.join("=").trim()];
    }));
    try {
      await tell(seat, "/acts", {
        move: act.move, at: at || null, content, facts: said, remarks, document: document_,
      });
      done();
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  if (problem && !form) return <Failed problem={problem} />;
  if (!form) return <Waiting />;
  return (
    <form class="move" onSubmit={(e) => { e.preventDefault(); void go(); }}>
      <h3>{form.message ?? form.title}</h3>
      {TAKES.has(act.document) && (
        <label class="file">
          {act.document === "plan-changes" ? words.mission.changes : words.mission.plan}
          <input type="file" accept=".json" onChange={(e) => void read(e.currentTarget.files?.[0])} />
        </label>
      )}
      {form.items.length > 0 && (
        <details open={!TAKES.has(act.document) && act.document !== "plan-acceptance"}>
          <summary>{words.mission.fields}</summary>
          <label class="file">
            {words.mission.fill}
            <input type="file" accept=".json" onChange={(e) => void fill(e.currentTarget.files?.[0])} />
          </label>
          {form.items.map((item) => (
            <fieldset key={item.letter + item.title}>
              <legend>{item.letter} {item.title}</legend>
              {item.note && <p class="hint">{item.note}</p>}
              {item.records
                ? (
                  <>
                    {(rows[item.records] ?? []).map((row, i) => (
                      <div class="record" key={i}>
                        {item.fields.map((field) => (
                          <Input key={field.name} field={field} value={row[field.name] ?? ""}
                            set={(value) => setRows((old) => ({
                              ...old,
                              [item.records]: (old[item.records] ?? []).map((r, n) =>
                                n === i ? { ...r, [field.name]: value } : r),
                            }))} />
                        ))}
                      </div>
                    ))}
                    <button type="button" onClick={() => setRows((old) => ({
                      ...old, [item.records]: [...(old[item.records] ?? []), {}],
                    }))}>{words.mission.more}</button>
                  </>
                )
                : (
                  <div class="record">
                    {item.fields.map((field) => (
                      <Input key={field.name} field={field} value={values[field.name] ?? ""}
                        set={(value) => setValues((old) => ({ ...old, [field.name]: value }))} />
                    ))}
                  </div>
                )}
            </fieldset>
          ))}
        </details>
      )}
      <details>
        <summary>{words.mission.facts}</summary>
        <label class="field">{words.mission.factsHelp}
          <textarea rows={3} value={facts} onInput={(e) => setFacts(e.currentTarget.value)} />
        </label>
      </details>
      <label class="field">{words.mission.remarks}
        <textarea rows={2} value={remarks} onInput={(e) => setRemarks(e.currentTarget.value)} />
      </label>
      {problem && <Failed problem={problem} />}
      <div class="actions">
        <button type="submit" class="main" disabled={busy}>{words.mission.act}</button>
      </div>
    </form>
  );
}

function Input({ field, value, set }: { field: Field; value: string; set: (v: string) => void }) {
  const name = (
    <span>
      {field.words}{field.unit && ` (${field.unit})`}
      {field.required && <span class="must" title={words.mission.required}> *</span>}
    </span>
  );
  const change = (e: Event) => set((e.currentTarget as HTMLInputElement).value);
  if (field.kind === "choice" || field.kind === "flag") {
    const options = field.kind === "flag" ? ["true", "false"] : field.choices;
    return (
      <label class="field">{name}
        <select value={value} onChange={change} title={field.note}>
          <option value="" />
          {options.map((o) => <option key={o} value={o}>{o}</option>)}
        </select>
      </label>
    );
  }
  const placeholder = { instant: "2021-05-17T09:00:00Z", date: "2021-05-17" }[field.kind] ?? "";
  return (
    <label class="field">{name}
      <input value={value} onInput={change} placeholder={placeholder} title={field.note}
        inputMode={field.kind === "number" || field.kind === "whole" ? "decimal" : "text"} />
    </label>
  );
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** What was typed as the message's values; what was left empty is left out. */
function pack(fields: readonly Field[], row: Row): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of fields) {
    const typed = (row[field.name] ?? "").trim();
    if (!typed) continue;
    const one = (part: string): unknown => {
      if (field.kind === "flag") return part === "true";
      if (field.kind === "number" || field.kind === "whole") {
        return Number.isFinite(Number(part)) ? Number(part) : part;
      }
      return part;
    };
    const value = field.many ? typed.split(",").map((p) => one(p.trim())) : one(typed);
    const names = field.name.split(".");
    let at = out;
    for (const step of names.slice(0, -1)) at = (at[step] ??= {}) as Record<string, unknown>;
    at[names[names.length - 1] as string] = value;
  }
  return out;
}

function merged(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const out = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = out[key];
    out[key] = old && value && typeof old === "object" && typeof value === "object" && !Array.isArray(value)
      ? merged(old as Record<string, unknown>, value as Record<string, unknown>)
      : value;
  }
  return out;
}
