import { Component, type ReactNode } from "react";
import { ErrorState } from "../ui";

interface PageGuardProps {
  /** Another page gets another chance. */
  page: string;
  children: ReactNode;
}

/** Keeps a page that fails to draw, or to load, from taking the house with it. */
export class PageGuard extends Component<PageGuardProps, { error: unknown }> {
  state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  componentDidUpdate(before: PageGuardProps): void {
    if (before.page !== this.props.page && this.state.error) this.setState({ error: null });
  }

  render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return <ErrorState error={this.state.error} retry={() => location.reload()} height={480} />;
  }
}
