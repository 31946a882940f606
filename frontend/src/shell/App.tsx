import { lazy, Suspense } from "preact/compat";
import { words } from "../words";
import { follow, usePlace } from "./route";
import { choose, useTheme, type Theme } from "./theme";
import { Waiting } from "./parts";

/** Each page is a chunk of its own: nobody waits for a page that is not looked at. */
const PAGES = {
  regime: lazy(() => import("../pages/regime")),
  plan: lazy(() => import("../pages/plan")),
  mission: lazy(() => import("../pages/mission")),
  flight: lazy(() => import("../pages/flight")),
  archive: lazy(() => import("../pages/archive")),
} as const;

type Page = keyof typeof PAGES;

export function App() {
  const { page } = usePlace();
  const Shown = page in PAGES ? PAGES[page as Page] : undefined;
  return (
    <>
      <a class="skip" href="#page">{words.app.skip}</a>
      <Header page={page} />
      <main id="page" tabIndex={-1}>
        {Shown
          ? <Suspense fallback={<Waiting />}><Shown /></Suspense>
          : <p class="notice">{words.state.missing}</p>}
      </main>
    </>
  );
}

function Header({ page }: { page: string }) {
  return (
    <header class="top">
      <a class="brand" href="/" onClick={follow}>
        <img src="/static/icon.svg" alt="" width="24" height="24" />
        <span>{words.app.name}</span>
      </a>
      <nav aria-label={words.nav.label}>
        {(Object.keys(PAGES) as Page[]).map((name) => (
          <a
            key={name}
            href={`/${name}`}
            onClick={follow}
            aria-current={name === page ? "page" : undefined}
          >
            {words.nav[name]}
          </a>
        ))}
      </nav>
      <ThemeChoice />
    </header>
  );
}

function ThemeChoice() {
  const { theme } = useTheme();
  return (
    <select
      class="quiet"
      aria-label={words.theme.label}
      value={theme}
      onChange={(event) => choose(event.currentTarget.value as Theme)}
    >
      {(["system", "light", "dark"] as const).map((name) => (
        <option key={name} value={name}>{words.theme[name]}</option>
      ))}
    </select>
  );
}
