import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { get } from "../api/client";
import { useAccount, useSchema } from "../api/query";
import type { Notification, Waiting } from "../api/types";
import { useAsOf } from "../state/asof";
import { useLang } from "../state/lang";
import { type ThemeChoice, useTheme } from "../state/theme";
import { AppLink } from "../ui/AppLink";
import { KeepIcon, MenuIcon, MoonIcon, PersonIcon, SearchIcon, SunIcon, SystemIcon, TrayIcon } from "./icons";
import { LoadingLine } from "./LoadingLine";
import { Mark } from "./Mark";
import { NarrowNav, WideNav } from "./Nav";
import { SearchDialog } from "./SearchDialog";
import { TimeBand } from "./TimeBand";

/** Everything around a page: bar, search, time band and the frame that tints in the past. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useLang();
  const { past } = useAsOf();
  const [search, setSearch] = useSearchKey();
  const [menu, setMenu] = useState(false);
  const main = useRef<HTMLElement>(null);
  usePageTurn(main);
  useSchema();
  return (
    <div className={past ? "shell shell-past" : "shell"}>
      <a className="skip" href="#main" onClick={(event) => skip(event, main.current)}>
        {t("nav.skip")}
      </a>
      <header className="bar">
        <div className="bar-in">
          <AppLink
            to="/"
            className="bar-mark"
            aria-label={`绣带 Xiudai · ${t("nav.overview")}`}
          >
            <Mark />
          </AppLink>
          <WideNav />
          <Tools openSearch={() => setSearch(true)} openMenu={() => setMenu(true)} />
        </div>
        <LoadingLine />
      </header>
      <main id="main" ref={main} tabIndex={-1} className="main">
        {children}
      </main>
      <TimeBand />
      {search && <SearchDialog close={() => setSearch(false)} />}
      {menu && <NarrowNav close={() => setMenu(false)} />}
    </div>
  );
}

function skip(event: { preventDefault: () => void }, main: HTMLElement | null) {
  event.preventDefault();
  main?.focus();
}

/** Search opens with Ctrl-K or ⌘K anywhere, and with "/" outside of fields. */
function useSearchKey() {
  const state = useState(false);
  const [, setOpen] = state;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const field = (event.target as HTMLElement).closest(
        "input, textarea, select, [contenteditable]",
      );
      const slash = event.key === "/" && !field && !event.ctrlKey && !event.metaKey;
      const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (!slash && !k) return;
      event.preventDefault();
      setOpen((open) => (k ? !open : true));
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [setOpen]);
  return state;
}

/** A new page starts at its top, with the focus where reading begins. */
function usePageTurn(main: { current: HTMLElement | null }) {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname, main]);
}

/** Keeps the question on the screen; a dot says that notices wait. */
function Keep() {
  const { t } = useLang();
  const { pathname, search } = useLocation();
  const notices = useQuery({
    queryKey: ["notifications"],
    queryFn: () => get<{ items: Notification[] }>("/notifications"),
    refetchInterval: 60_000,
  });
  const waiting = notices.data?.items.filter((notice) => !notice.read).length ?? 0;
  const path = pathname.startsWith("/questions") ? "" : pathname + search;
  const text = waiting ? t("questions.waiting", { count: waiting }) : t("questions.saveThis");
  return (
    <AppLink
      to={`/questions${path ? `?path=${encodeURIComponent(path)}` : ""}`}
      className="icon-button"
      aria-label={text}
      title={text}
    >
      <KeepIcon />
      {waiting > 0 && <span className="keep-dot" />}
    </AppLink>
  );
}

/** What waits for the reader: offers and returned papers of a firm, decisions of the office. */
function Tray() {
  const { t } = useLang();
  const { data } = useQuery({
    queryKey: ["waiting"],
    queryFn: () => get<Waiting>("/waiting"),
    refetchInterval: 60_000,
  });
  const { offered = 0, drafted = 0, returned = 0, submitted = 0, late = 0 } = data ?? {};
  const parts = [
    offered && t("tray.offered", { count: offered }),
    returned && t("tray.returned", { count: returned }),
    drafted && t("tray.drafted", { count: drafted }),
    submitted && t("tray.submitted", { count: submitted }),
    late && t("tray.late", { count: late }),
  ].filter(Boolean);
  if (parts.length === 0) return null;
  const states = { offered, returned, draft: drafted, submitted };
  const state = Object.entries(states).find(([, count]) => count > 0)?.[0];
  const to = state ? `/applications?state=${state}` : "/requests";
  const text = parts.join(t("tray.comma"));
  return (
    <AppLink to={to} className="icon-button" aria-label={text} title={text}>
      <TrayIcon />
      <span className="keep-dot" />
    </AppLink>
  );
}

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };

function Tools({ openSearch, openMenu }: { openSearch: () => void; openMenu: () => void }) {
  const { t, lang, setLang } = useLang();
  const { choice, setChoice } = useTheme();
  const account = useAccount();
  const themeText = t("theme.label", { now: t(`theme.${choice}`) });
  return (
    <div className="tools">
      <button
        type="button"
        className="search-pill"
        onClick={openSearch}
        aria-keyshortcuts="Control+K"
      >
        <SearchIcon />
        <span className="search-pill-text">{t("nav.search")}</span>{" "}
        <kbd>Ctrl K</kbd>
      </button>
      <button
        type="button"
        className="icon-button lang-button"
        onClick={() => setLang(lang === "zh" ? "en" : "zh")}
        lang={lang === "zh" ? "en" : "zh-CN"}
        aria-label={lang === "zh" ? "EN English" : "中文"}
      >
        {lang === "zh" ? "EN" : "中"}
      </button>
      <button
        type="button"
        className="icon-button"
        onClick={() => setChoice(NEXT[choice])}
        aria-label={themeText}
        title={themeText}
      >
        {choice === "system" ? <SystemIcon /> : choice === "light" ? <SunIcon /> : <MoonIcon />}
      </button>
      {account && <Tray />}
      {account && <Keep />}
      <AppLink
        to="/account"
        className="icon-button account-button"
        aria-label={account ? `${t("nav.account")} ${account.name}` : t("nav.signIn")}
        title={account ? account.name : t("nav.signIn")}
      >
        <PersonIcon />
      </AppLink>
      <button
        type="button"
        className="icon-button menu-button"
        onClick={openMenu}
        aria-label={t("nav.menu")}
      >
        <MenuIcon />
      </button>
    </div>
  );
}
