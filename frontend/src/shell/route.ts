import { useEffect, useState } from "preact/hooks";

export interface Place {
  page: string;
  query: URLSearchParams;
}

const CHANGED = "overflight:place";

function here(): Place {
  return {
    page: location.pathname.split("/")[1] || "regime",
    query: new URLSearchParams(location.search),
  };
}

/** Goes to another page without loading the document anew. */
export function go(href: string): void {
  history.pushState(null, "", href);
  dispatchEvent(new Event(CHANGED));
  scrollTo(0, 0);
}

/** Writes what is looked at into the address, so that it can be sent to somebody. */
export function remember(query: Record<string, string>): void {
  const words = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(query)) {
    if (value) words.set(key, value);
    else words.delete(key);
  }
  const text = words.toString();
  history.replaceState(null, "", location.pathname + (text && `?${text}`));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    addEventListener("popstate", moved);
    addEventListener(CHANGED, moved);
    return () => {
      removeEventListener("popstate", moved);
      removeEventListener(CHANGED, moved);
    };
  }, []);
  return place;
}

/** An ordinary link that keeps to the page; with a modifier the browser does what it always does. */
export function follow(event: MouseEvent): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
  event.preventDefault();
  go((event.currentTarget as HTMLAnchorElement).getAttribute("href") ?? "/");
}
