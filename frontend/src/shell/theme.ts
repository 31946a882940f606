import { useEffect, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";
const KEPT = "overflight-theme";
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const CHANGED = "overflight:theme";

function kept(): Theme {
  const value = localStorage.getItem(KEPT);
  return value === "light" || value === "dark" ? value : "system";
}

export function choose(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
  show();
}

export function show(): void {
  const theme = kept();
  const dark = theme === "dark" || (theme === "system" && darkSystem.matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  dispatchEvent(new Event(CHANGED));
}

darkSystem.addEventListener("change", show);
show();

export function useTheme(): { theme: Theme; dark: boolean } {
  const now = () => ({
    theme: kept(), dark: document.documentElement.dataset["theme"] === "dark",
  });
  const [state, setState] = useState(now);
  useEffect(() => {
    const changed = () => setState(now());
    addEventListener(CHANGED, changed);
    return () => removeEventListener(CHANGED, changed);
  }, []);
  return state;
}

/** A colour of the style sheet, for what is drawn on a canvas. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
