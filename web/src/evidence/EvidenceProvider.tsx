import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useMemo,
  useRef,
} from "react";
import { useSearchParams } from "react-router";
import type { Derived, Statement } from "../api/types";
import { addressNow } from "../state/address";
import { decodeTarget, derivedName, encodeTarget, type EvidenceTarget } from "./target";

const Drawer = lazy(() => import("./Drawer"));

/** What the opener already had in hand, so that the drawer shows it at once. */
export interface Seeds {
  title?: string;
  statements: Map<string, Statement>;
  derived: Map<string, Derived>;
}

interface EvidenceState {
  open: (target: EvidenceTarget) => void;
  close: () => void;
}

const Context = createContext<EvidenceState | null>(null);

function seedsOf(target: EvidenceTarget): Seeds {
  const seeds: Seeds = { title: target.title, statements: new Map(), derived: new Map() };
  const all =
    "statement" in target ? [target.statement] : "statements" in target ? target.statements : [];
  for (const each of all) if (typeof each !== "string") seeds.statements.set(each.id, each);
  if ("derived" in target) seeds.derived.set(derivedName(target.derived), target.derived);
  return seeds;
}

/** Holds the one drawer of the house; it is open when the address has ?open=. */
export function EvidenceProvider({ children }: { children: ReactNode }) {
  const [search, setSearch] = useSearchParams();
  const seeds = useRef(new Map<string, Seeds>());
  const text = search.get("open");
  const target = useMemo(() => decodeTarget(text), [text]);
  const change = useCallback(
    (open: string | null) =>
      setSearch(
        () => {
          const after = addressNow();
          if (open) after.set("open", open);
          else after.delete("open");
          return after;
        },
        { replace: open === null, preventScrollReset: true },
      ),
    [setSearch],
  );
  const state = useMemo<EvidenceState>(
    () => ({
      open: (next) => {
        const key = encodeTarget(next);
        seeds.current.set(key, seedsOf(next));
        change(key);
      },
      close: () => change(null),
    }),
    [change],
  );
  return (
    <Context.Provider value={state}>
      {children}
      {target && (
        <Suspense fallback={null}>
          <Drawer target={target} name={text ?? ""} seeds={seeds.current.get(text ?? "")} />
        </Suspense>
      )}
    </Context.Provider>
  );
}

/** Opens the evidence of anything: `open({statement})`, `open({derived, entity})` … */
export function useEvidence(): EvidenceState {
  const state = useContext(Context);
  if (!state) throw new Error("useEvidence outside EvidenceProvider");
  return state;
}
