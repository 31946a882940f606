// Every word that the pages say, in English. Another language is another file of this shape.

export const en = {
  app: { name: "overflight", tagline: "Observation agreed between States", skip: "Skip to the page" },
  nav: {
    label: "Pages",
    regime: "Regime",
    plan: "Plan",
    mission: "Mission",
    flight: "Flight",
    archive: "Archive",
    studies: "Studies",
  },
  theme: { label: "Light or dark", system: "as the system", light: "light", dark: "dark" },
  state: {
    waiting: "One moment",
    again: "Try again",
    unknown: "not public",
    none: "none",
    key: "A key is needed",
    keyRemedy: "Open the whole address that overflight serve printed.",
    missing: "There is no such page",
  },
  regime: {
    title: "Who may observe whom",
    on: "On",
    which: "Regime",
    bound: "State Party",
    leaving: "leaving",
    left: "left",
    suspended: "suspended",
    signed: "signed, not ratified",
    undetermined: "not known",
    notBound: "not a party",
  },
  map: { label: "Map", zoomIn: "Closer", zoomOut: "Further away" },
} as const;

export type Words = typeof en;
