import { send } from "../api";

/** The key stands behind the # of the address that `serve` printed, where no log sees it. It is
 * handed in once, kept by the browser as a cookie that scripts cannot read, and wiped from the
 * address. */
export async function handInKey(): Promise<void> {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (!key) return;
  history.replaceState(null, "", location.pathname + location.search);
  await send("POST", "/session", { key }).catch(() => undefined);
}
