import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { en } from "../i18n/en";
import { type Key, zh } from "../i18n/zh";

export type Lang = "zh" | "en";
export type { Key } from "../i18n/zh";
export type Words = Record<string, string | number>;
/** A text in both languages; either may be missing. */
export interface Named {
  zh?: string | null;
  en?: string | null;
}

export type Translate = (key: Key, words?: Words) => string;

const KEPT = "xiudai.lang";
const TEXTS: Record<Lang, Record<Key, string>> = { zh, en };

interface LangState {
  lang: Lang;
  setLang: (lang: Lang) => void;
  t: Translate;
  pick: (label: Named | null | undefined) => string;
}

const Context = createContext<LangState | null>(null);

/** Puts `words` into the {holes} of `text`. */
export function fill(text: string, words: Words = {}): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(words[name] ?? hole));
}

/** The label in `lang`, or in the other language when it has none. */
export function pickLabel(label: Named | null | undefined, lang: Lang): string {
  const other = lang === "zh" ? label?.en : label?.zh;
  return label?.[lang] || other || "";
}

function firstLang(): Lang {
  const asked = new URLSearchParams(location.search).get("lang");
  const kept = asked ?? localStorage.getItem(KEPT);
  return kept === "en" ? "en" : "zh";
}

export function LangProvider({ children }: { children: ReactNode }) {
  const [lang, setLang] = useState<Lang>(firstLang);
  useEffect(() => {
    localStorage.setItem(KEPT, lang);
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  }, [lang]);
  const t = useCallback<Translate>((key, words) => fill(TEXTS[lang][key] ?? key, words), [lang]);
  const pick = useCallback((label: Named | null | undefined) => pickLabel(label, lang), [lang]);
  const state = useMemo(() => ({ lang, setLang, t, pick }), [lang, t, pick]);
  return <Context.Provider value={state}>{children}</Context.Provider>;
}

/** The reader's language: `t` for our words, `pick` for labels that came as {zh, en}. */
export function useLang(): LangState {
  const state = useContext(Context);
  if (!state) throw new Error("useLang outside LangProvider");
  return state;
}
