import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

export type ThemeChoice = "light" | "dark" | "system";
export type Theme = "light" | "dark";

const KEPT = "xiudai.theme";
const NIGHT = "(prefers-color-scheme: dark)";

interface ThemeState {
  choice: ThemeChoice;
  theme: Theme;
  setChoice: (choice: ThemeChoice) => void;
}

const Context = createContext<ThemeState | null>(null);

function firstChoice(): ThemeChoice {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function useNight(): boolean {
  const [night, setNight] = useState(() => matchMedia(NIGHT).matches);
  useEffect(() => {
    const media = matchMedia(NIGHT);
    const listen = () => setNight(media.matches);
    media.addEventListener("change", listen);
    return () => media.removeEventListener("change", listen);
  }, []);
  return night;
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<ThemeChoice>(firstChoice);
  const night = useNight();
  const theme: Theme = choice === "system" ? (night ? "dark" : "light") : choice;
  document.documentElement.dataset.theme = theme;
  useEffect(() => localStorage.setItem(KEPT, choice), [choice]);
  const state = useMemo(() => ({ choice, theme, setChoice }), [choice, theme]);
  return <Context.Provider value={state}>{children}</Context.Provider>;
}

export function useTheme(): ThemeState {
  const state = useContext(Context);
  if (!state) throw new Error("useTheme outside ThemeProvider");
  return state;
}

/** The value of a colour token such as "river" now, for canvases that cannot read CSS variables. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
