import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { useLang, type Key } from "../state/lang";
import { AppNavLink } from "../ui/AppLink";
import { Belt } from "../ui/Belt";

export interface Place {
  to: string;
  key: Key;
}

export const MAIN: Place[] = [
  { to: "/", key: "nav.overview" },
  { to: "/map", key: "nav.map" },
  { to: "/graph", key: "nav.graph" },
  { to: "/indicators", key: "nav.indicators" },
  { to: "/cube", key: "nav.cube" },
  { to: "/documents", key: "nav.documents" },
  { to: "/match", key: "nav.match" },
  { to: "/policies", key: "nav.policies" },
  { to: "/cases", key: "nav.cases" },
  { to: "/compute", key: "nav.compute" },
];

export const MORE: Place[] = [
  { to: "/package", key: "nav.package" },
  { to: "/requests", key: "nav.requests" },
  { to: "/applications", key: "nav.applications" },
  { to: "/pools", key: "nav.pools" },
  { to: "/desk", key: "nav.desk" },
  { to: "/studio", key: "nav.studio" },
  { to: "/vouchers", key: "nav.vouchers" },
  { to: "/sources", key: "nav.sources" },
  { to: "/changes", key: "nav.changes" },
  { to: "/market", key: "nav.market" },
  { to: "/portfolio", key: "nav.portfolio" },
  { to: "/notices", key: "nav.notices" },
  { to: "/calculator", key: "nav.calculator" },
  { to: "/report", key: "nav.report" },
  { to: "/holidays", key: "nav.holidays" },
  { to: "/pairs", key: "nav.pairs" },
  { to: "/coverage", key: "nav.coverage" },
  { to: "/questions", key: "nav.questions" },
  { to: "/import", key: "nav.import" },
  { to: "/journal", key: "nav.journal" },
  { to: "/reference", key: "nav.reference" },
];

function Item({ place }: { place: Place }) {
  const { t } = useLang();
  return (
    <AppNavLink to={place.to} end={place.to === "/"} className="nav-item">
      {t(place.key)}
      <Belt width={36} height={7} period={18} thread={1.4} className="nav-strand" />
    </AppNavLink>
  );
}

/** The pages in a row, the lesser ones behind "more". */
export function WideNav() {
  const { t } = useLang();
  return (
    <nav className="nav-wide" aria-label={t("nav.main")}>
      <ul>
        {MAIN.map((place) => (
          <li key={place.to}>
            <Item place={place} />
          </li>
        ))}
        <li>
          <MoreMenu />
        </li>
      </ul>
    </nav>
  );
}

function MoreMenu() {
  const { t } = useLang();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", away);
    addEventListener("focusin", away);
    return () => {
      removeEventListener("pointerdown", away);
      removeEventListener("focusin", away);
    };
  }, [open]);
  const here = MORE.some((place) => pathname.startsWith(place.to));
  return (
    <div
      className="menu-box"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        setOpen(false);
        box.current?.querySelector("button")?.focus();
      }}
    >
      <button
        type="button"
        className={`nav-item nav-button${here ? " active" : ""}`}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t("nav.more")}
        <Belt width={36} height={7} period={18} thread={1.4} className="nav-strand" />
      </button>
      <ul className="menu" hidden={!open}>
        {MORE.map((place) => (
          <li key={place.to}>
            <AppNavLink to={place.to}>{t(place.key)}</AppNavLink>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** All pages as a sheet, for narrow windows. */
export function NarrowNav({ close }: { close: () => void }) {
  const { t } = useLang();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="nav-sheet"
      aria-label={t("nav.main")}
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <nav aria-label={t("nav.main")}>
        <ul>
          {[...MAIN, ...MORE, { to: "/account", key: "nav.account" as Key }].map((place) => (
            <li key={place.to}>
              <AppNavLink to={place.to} end={place.to === "/"} onClick={close}>
                {t(place.key)}
              </AppNavLink>
            </li>
          ))}
        </ul>
      </nav>
      <button type="button" className="button" onClick={close}>
        {t("action.close")}
      </button>
    </dialog>
  );
}
