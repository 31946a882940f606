import { useEffect, useRef, useState } from "preact/hooks";
import { address, ApiError, send, type Problem } from "../../api";
import type { Event, Point } from "./types";

export interface Search {
  running: boolean;
  stopping: boolean;
  percent: number;
  value: number;
  path: Point[];
  said: string;
  problem: Problem | undefined;
  begin: (path: string, body: unknown) => void;
  stop: () => void;
}

const IDLE = {
  running: false, stopping: false, percent: 0, value: 0, path: [] as Point[], said: "",
  problem: undefined as Problem | undefined,
};

/** A search that is watched over server-sent events; a line that breaks is taken up again. */
export function useSearch(done: (plan: string) => void): Search {
  const [state, setState] = useState(IDLE);
  const job = useRef("");
  const source = useRef<EventSource | null>(null);
  const close = () => {
    source.current?.close();
    source.current = null;
  };
  useEffect(() => close, []);

  const begin = (path: string, body: unknown) => {
    close();
    setState({ ...IDLE, running: true });
    send<{ job: string }>("POST", path, body).then((started) => {
      job.current = started.job;
      const events = new EventSource(address(`/jobs/${started.job}/events`));
      source.current = events;
      events.onmessage = (message: MessageEvent<string>) => {
        const event = JSON.parse(message.data) as Event;
        if (event.event === "draft") {
          const { percent, value, path: drawn } = event;
          setState((old) => ({ ...old, percent, value, path: drawn, said: "" }));
        } else if (event.event === "said") {
          setState((old) => ({ ...old, said: event.text }));
        } else {
          close();
          setState(event.event === "failed" ? { ...IDLE, problem: event.problem } : IDLE);
          if (event.event === "done") done(event.plan);
        }
      };
    }, (error: unknown) => {
      const problem = error instanceof ApiError
        ? error.problem
        : { kind: "error" as const, message: String(error), remedy: "" };
      setState({ ...IDLE, problem });
    });
  };
  const stop = () => {
    setState((old) => ({ ...old, stopping: true }));
    void send("POST", `/jobs/${job.current}/stop`);
  };
  return { ...state, begin, stop };
}
