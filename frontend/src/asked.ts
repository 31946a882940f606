import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, type Problem } from "./api";

export interface Asked<T> {
  /** The last answer; it stays while a newer one is awaited, so that nothing flickers. */
  value: T | undefined;
  waiting: boolean;
  problem: Problem | undefined;
  again: () => void;
}

type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** Asks anew whenever the address changes; an answer that was overtaken is dropped.
 * `path` undefined: nothing is asked yet. */
export function useAsked<T>(path: string | undefined, query: Query = {}): Asked<T> {
  const [state, setState] = useState<Omit<Asked<T>, "again">>({
    value: undefined, waiting: path !== undefined, problem: undefined,
  });
  const [turn, setTurn] = useState(0);
  const key = path === undefined ? "" : path + JSON.stringify(query);
  const latest = useRef({ path, query });
  latest.current = { path, query };
  useEffect(() => {
    const { path: now, query: words } = latest.current;
    if (now === undefined) return;
    const abort = new AbortController();
    setState((old) => ({ ...old, waiting: true, problem: undefined }));
    get<T>(now, words, abort.signal).then(
      (value) => setState({ value, waiting: false, problem: undefined }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const problem = error instanceof ApiError
          ? error.problem
          : { kind: "error" as const, message: String(error), remedy: "" };
        setState((old) => ({ ...old, waiting: false, problem }));
      },
    );
    return () => abort.abort();
  }, [key, turn]);
  return { ...state, again: () => setTurn((n) => n + 1) };
}
