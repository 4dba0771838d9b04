import type { ReactNode } from "react";
import { Link, type LinkProps, NavLink, useNavigate } from "react-router";
import { useAsOf } from "../state/asof";

/** `to` with the page's one time carried along. */
export function withAsOf(to: string, params: { valid?: string; known?: string }): string {
  const [path = "", query = ""] = to.split("?");
  const search = new URLSearchParams(query);
  if (params.valid) search.set("valid", params.valid);
  if (params.known) search.set("known", params.known);
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

type AppLinkProps = Omit<LinkProps, "to"> & { to: string; children?: ReactNode };

/** A link inside the app; the as-of days go with it. */
export function AppLink({ to, ...rest }: AppLinkProps) {
  return <Link to={withAsOf(to, useAsOf().params)} {...rest} />;
}

export function AppNavLink({ to, end, ...rest }: AppLinkProps & { end?: boolean }) {
  return <NavLink to={withAsOf(to, useAsOf().params)} end={end} {...rest} />;
}

/** Goes to an address inside the app with the as-of days kept. */
export function useGo(): (to: string, replace?: boolean) => void {
  const navigate = useNavigate();
  const { params } = useAsOf();
  return (to, replace = false) => void navigate(withAsOf(to, params), { replace });
}
