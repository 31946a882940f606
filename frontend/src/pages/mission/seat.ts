import { address, ApiError, type Problem } from "../../api";

const KEPT = "overflight-seat-";

/** A seat's key stands behind the # of its address; this window alone keeps it. */
export function seatKey(seat: string): string {
  const words = new URLSearchParams(location.hash.slice(1));
  const given = words.get("seat");
  if (given) {
    sessionStorage.setItem(KEPT + seat, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(KEPT + seat) ?? "";
}

export function sit(seat: string, key: string): void {
  sessionStorage.setItem(KEPT + seat, key);
}

async function asked(seat: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, "X-Overflight-Seat": seatKey(seat) };
  let answer: Response;
  try {
    answer = await fetch(address(`/seats/${seat}${path}`), { ...init, headers });
  } catch {
    throw new ApiError(0, { kind: "error", message: "the program does not answer",
      remedy: "See whether overflight serve still runs, then try again." });
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({})) as Partial<Problem>;
  throw new ApiError(answer.status, {
    kind: "error", remedy: "", ...said,
    message: said.message ?? `the program answered ${answer.status}`,
  });
}

export async function look<T>(seat: string, path: string): Promise<T> {
  return await (await asked(seat, path)).json() as T;
}

export async function tell<T>(seat: string, path: string, body: unknown): Promise<T> {
  const raw = body instanceof ArrayBuffer;
  const answer = await asked(seat, path, {
    method: "POST",
    body: raw ? body : JSON.stringify(body),
    headers: { "Content-Type": raw ? "application/octet-stream" : "application/json" },
  });
  return await answer.json() as T;
}

/** Files of a seat need its key, which no plain link carries. */
export async function save(seat: string, path: string, name: string): Promise<void> {
  const blob = await (await asked(seat, path)).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function problemOf(error: unknown): Problem {
  return error instanceof ApiError
    ? error.problem
    : { kind: "error", message: String(error), remedy: "" };
}
