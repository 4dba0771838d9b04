import type { ReactNode } from "react";
import { useSession } from "../api/query";
import { PageHeader } from "./PageHeader";
import { Loading, SignInState } from "./states";

interface SignedInProps {
  title: string;
  lead: string;
  /** What one signs in for, and why. */
  ask: string;
  why: string;
  children: ReactNode;
}

/** A page for who is signed in; others find its name and the way in. */
export function SignedIn({ title, lead, ask, why, children }: SignedInProps) {
  const session = useSession();
  if (session.data?.account) return children;
  return (
    <>
      <PageHeader title={title} lead={lead} />
      {session.isPending ? (
        <Loading height={400} />
      ) : (
        <SignInState title={ask} why={why} height={400} />
      )}
    </>
  );
}
