// What the server says, or why it does not. No rule and no sum is made on this side.

export interface Problem {
  kind: "error";
  message: string;
  remedy: string;
  error?: string;
  file?: string | null;
  line?: number | null;
  where?: string | null;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.message);
  }
}

/** A `detail` list is FastAPI's own word for a parameter that does not fit. */
async function problemOf(answer: Response): Promise<Problem> {
  const said = await answer.json().catch(() => null) as
    | (Partial<Problem> & { detail?: { loc: (string | number)[]; msg: string }[] | string })
    | null;
  if (said?.message) return { kind: "error", remedy: "", ...said, message: said.message };
  const detail = said?.detail;
  if (Array.isArray(detail) && detail[0]) {
    const { loc, msg } = detail[0];
    return { kind: "error", message: `${loc.slice(1).join(".")}: ${msg}`, remedy: "" };
  }
  return {
    kind: "error",
    message: typeof detail === "string" ? detail : `the program answered ${answer.status}`,
    remedy: "",
  };
}

async function asked(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, {
      kind: "error",
      message: "the program does not answer",
      remedy: "See whether overflight serve still runs, then try again.",
    });
  }
  if (!answer.ok) throw new ApiError(answer.status, await problemOf(answer));
  return answer;
}

type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

export function address(path: string, query: Query = {}): string {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) words.append(key, String(one));
  }
  const text = words.toString();
  return `/api${path}${text && `?${text}`}`;
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const answer = await asked(address(path, query), signal ? { signal } : {});
  return await answer.json() as T;
}

export async function send<T>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const raw = body instanceof ArrayBuffer;
  const answer = await asked(address(path), {
    method,
    ...(signal ? { signal } : {}),
    ...(body === undefined
      ? {}
      : raw
        ? { body, headers: { "Content-Type": "application/octet-stream" } }
        : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}
