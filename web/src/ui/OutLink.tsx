import type { ReactNode } from "react";

interface OutLinkProps {
  href: string;
  className?: string;
  children?: ReactNode;
}

/** A link out of the app; only web addresses become links, all else stays text. */
export function OutLink({ href, className, children }: OutLinkProps) {
  const text = children ?? href;
  if (!/^https?:\/\//i.test(href)) return <span className={className}>{text}</span>;
  return (
    <a href={href} className={className} rel="noreferrer noopener" target="_blank">
      {text}
    </a>
  );
}
