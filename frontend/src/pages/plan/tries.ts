import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, send, type Problem } from "../../api";
import type { Point, Tried } from "./types";

/** Asks what a route would be worth while a fix is dragged: one question at a time, always the
 * latest, so that a slow answer never piles up others. */
export function useTries(plan: string, stages: Point[][], changed: boolean) {
  const [tried, setTried] = useState<Tried | undefined>();
  const [problem, setProblem] = useState<Problem | undefined>();
  const asking = useRef(false);
  const next = useRef<Point[][] | null>(null);
  const now = useRef(plan);
  now.current = plan;

  useEffect(() => {
    if (!changed || !plan) {
      setTried(undefined);
      setProblem(undefined);
      return;
    }
    next.current = stages;
    if (asking.current) return;
    const ask = async () => {
      asking.current = true;
      while (next.current) {
        const body = { stages: next.current };
        next.current = null;
        const asked = now.current;
        try {
          const found = await send<Tried>("POST", `/plans/${asked}/try`, body);
          if (asked === now.current) {
            setTried(found);
            setProblem(undefined);
          }
        } catch (error) {
          setProblem(error instanceof ApiError
            ? error.problem
            : { kind: "error", message: String(error), remedy: "" });
        }
      }
      asking.current = false;
    };
    void ask();
  }, [plan, stages, changed]);
  return { tried, problem };
}
