import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { useLang } from "../state/lang";
import { AppLink } from "./AppLink";
import { Belt } from "./Belt";
import { ProblemPlace } from "./FormError";

/** Waiting, drawn as one strand; `height` is kept free so that nothing jumps when it is over. */
export function Loading({ height = 320, label }: { height?: number; label?: string }) {
  const { t } = useLang();
  return (
    <div className="state" style={{ minHeight: height }} role="status">
      <div className="strand-wait">
        <Belt width={240} height={14} period={40} thread={2} />
      </div>
      <span className="quiet small">{label ?? t("state.loading")}</span>
    </div>
  );
}

interface EmptyProps {
  /** What would be here. */
  title: string;
  /** Why it is not. */
  why?: ReactNode;
  /** The one action that brings it. */
  action?: ReactNode;
  height?: number;
}

export function EmptyState({ title, why, action, height = 200 }: EmptyProps) {
  return (
    <div className="state" style={{ minHeight: height }}>
      <Belt width={96} height={14} period={32} thread={1.6} className="state-belt" />
      <p className="state-title">{title}</p>
      {why && <p className="quiet state-why">{why}</p>}
      {action && <div className="state-action">{action}</div>}
    </div>
  );
}

interface SignInProps {
  /** What takes an account. */
  title: string;
  /** Why it does. */
  why: string;
  height: number;
}

/** Where something takes an account: what, why, and the way there. */
export function SignInState({ title, why, height }: SignInProps) {
  const { t } = useLang();
  return (
    <EmptyState
      title={title}
      why={why}
      height={height}
      action={
        <AppLink to="/account" className="button button-main">
          {t("nav.signIn")}
        </AppLink>
      }
    />
  );
}

interface ErrorProps {
  error: unknown;
  retry?: () => void;
  height?: number;
}

/** What happened, what is safe, and the request's number for whoever looks into it. */
export function ErrorState({ error, retry, height = 200 }: ErrorProps) {
  const { t } = useLang();
  const problem = error instanceof ApiError ? error.problem : null;
  const lost = problem?.status === 0;
  if (problem?.status === 404) {
    return <EmptyState title={t("error.none")} why={t("drawer.noneWhy")} height={height} />;
  }
  return (
    <div className="state" style={{ minHeight: height }} role="alert">
      <p className="state-title cinnabar">{lost ? t("error.lost") : t("error.title")}</p>
      <p className="quiet state-why">
        {lost ? t("error.lostWhy") : (problem?.detail ?? problem?.title ?? String(error))}
      </p>
      <ProblemPlace problem={problem} />
      <p className="quiet small">{t("error.safe")}</p>
      {problem?.code && !lost && (
        <p className="quiet small mono">
          {problem.code} {problem.request_id}
        </p>
      )}
      {retry && (
        <button type="button" className="button" onClick={retry}>
          {t("action.again")}
        </button>
      )}
    </div>
  );
}

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

interface AnswerProps<T> {
  query: QueryLike<T>;
  height?: number;
  children: (data: T) => ReactNode;
}

/** Shows a query's answer, or its waiting or failing, in one reserved height. */
export function Answer<T>({ query, height, children }: AnswerProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) {
    return <ErrorState error={query.error} retry={() => void query.refetch()} height={height} />;
  }
  return <Loading height={height} />;
}
