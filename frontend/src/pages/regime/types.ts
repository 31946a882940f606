// The documents of api/regime.py, as far as the page reads them.

export interface Change {
  on: string;
  bound: string[];
  suspended: string[];
  undetermined: string[];
  leaving: string[];
}

export interface Regimes {
  today: string;
  regimes: { id: string; name: string; short: string; signed: string; changes: Change[] }[];
}

export interface Row {
  code: string;
  name: string;
  since?: string | null;
  cite: string[];
}

export interface View {
  name: string;
  short: string;
  on: string;
  in_force: boolean | null;
  states_parties: Row[];
  leaving?: Row[];
  suspended?: Row[];
  departed?: Row[];
  signed_not_ratified?: Row[];
  undetermined?: Row[];
}
