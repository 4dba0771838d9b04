import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const SearchIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="5.5" />
    <path d="m13.2 13.2 4 4" />
  </Icon>
);

export const MenuIcon = () => (
  <Icon>
    <path d="M3 6c3.5-2 10.5 2 14 0M3 10.5c3.5-2 10.5 2 14 0M3 15c3.5-2 10.5 2 14 0" />
  </Icon>
);

export const SunIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="3.5" />
    <path d="M10 2v2m0 12v2m8-8h-2M4 10H2m13.66-5.66-1.42 1.42M5.76 14.24l-1.42 1.42m11.32 0-1.42-1.42M5.76 5.76 4.34 4.34" />
  </Icon>
);

export const MoonIcon = () => (
  <Icon>
    <path d="M16.5 12.3A7 7 0 0 1 7.7 3.5a7 7 0 1 0 8.8 8.8Z" />
  </Icon>
);

export const SystemIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 3a7 7 0 0 1 0 14Z" fill="currentColor" />
  </Icon>
);

export const KeepIcon = () => (
  <Icon>
    <path d="M5.5 3h9v14L10 13.5 5.5 17Z" />
  </Icon>
);

export const TrayIcon = () => (
  <Icon>
    <path d="M3.5 11 5.5 4h9l2 7v5.5h-13ZM3.5 11h4c.3 1.6 1.2 2.4 2.5 2.4s2.2-.8 2.5-2.4h4" />
  </Icon>
);

export const PersonIcon = () => (
  <Icon>
    <circle cx="10" cy="7" r="3.2" />
    <path d="M3.5 17c.9-3.2 3.4-4.8 6.5-4.8s5.6 1.6 6.5 4.8" />
  </Icon>
);

export const ClockIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 5.8V10l2.8 1.8" />
  </Icon>
);
