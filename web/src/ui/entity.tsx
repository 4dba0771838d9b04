import { useSchema } from "../api/query";
import type { EntityRef, SourceRef } from "../api/types";
import { segment } from "../api/client";
import { useLang } from "../state/lang";
import { AppLink } from "./AppLink";

export const entityPath = (id: string): string => `/entities/${segment(id)}`;
export const documentPath = (key: string): string => `/documents/${segment(key)}`;

/** Whether a source is a document that was read, by its key: "document-" and twelve hex digits. */
export const isDocument = (source: string): boolean => /^document-[0-9a-f]{12}$/.test(source);

export const sourcePath = (key: string): string => `/sources/${segment(key)}`;

export function useEntityName(): (entity: EntityRef) => string {
  const { pick } = useLang();
  return (entity) => pick(entity.name) || entity.id;
}

export function EntityLink({ entity, badge = false }: { entity: EntityRef; badge?: boolean }) {
  const name = useEntityName();
  return (
    <span className="entity-link">
      {badge && <KindBadge kind={entity.kind} />}
      <AppLink to={entityPath(entity.id)}>{name(entity)}</AppLink>
    </span>
  );
}

/** The label of a kind in the reader's language, from the schema. */
export function useKindLabel(): (kind: string) => string {
  const kinds = useSchema().data?.kinds;
  const { pick } = useLang();
  return (kind) => pick(kinds?.find((each) => each.key === kind)?.label) || kind;
}

/** A kind as a word behind a small knot in the kind's colour. */
export function KindBadge({ kind }: { kind: string }) {
  const label = useKindLabel();
  const color = useSchema().data?.kinds.find((each) => each.key === kind)?.color;
  return (
    <span className="kind-badge">
      <span className="kind-knot" style={{ background: color ?? "var(--ink-3)" }} />
      {label(kind)}
    </span>
  );
}

export function SourceLink({ source }: { source: SourceRef }) {
  const { t } = useLang();
  return (
    <span className="source-link">
      <AppLink to={sourcePath(source.key)}>{source.title || source.key}</AppLink>
      {source.withdrawn && <span className="tag cinnabar">{t("source.withdrawn")}</span>}
    </span>
  );
}
