import { useLang } from "../../state/lang";
import { AppLink, EntityLink, useKindLabel } from "../../ui";
import type { Node } from "./model";

interface NodeCardProps {
  node: Node;
  links: number;
  pinned: boolean;
  expanded: boolean;
  isFocus: boolean;
  onPin: () => void;
  onFold: () => void;
  onFocus: () => void;
  onWay: () => void;
  onClose: () => void;
}

/** The node last clicked: its page, and what can be done with it. */
export function NodeCard(props: NodeCardProps) {
  const { node, links, pinned, expanded, isFocus } = props;
  const { t } = useLang();
  return (
    <div className="map-card graph-card">
      <div className="map-card-head">
        <strong>
          <EntityLink entity={node} badge />
        </strong>
        <button
          type="button"
          className="map-x"
          aria-label={t("action.close")}
          onClick={props.onClose}
        >
          ×
        </button>
      </div>
      <p className="quiet small">
        {t("graph.links", { shown: links, all: Math.max(links, node.degree) })}
      </p>
      <div className="row">
        <button
          type="button"
          className="button button-small"
          aria-pressed={pinned}
          onClick={props.onPin}
        >
          {t(pinned ? "graph.unpin" : "graph.pin")}
        </button>
        {expanded && (
          <button type="button" className="button button-small" onClick={props.onFold}>
            {t("graph.fold")}
          </button>
        )}
        {!isFocus && (
          <>
            <button type="button" className="button button-small" onClick={props.onFocus}>
              {t("graph.focusHere")}
            </button>
            <button type="button" className="button button-small" onClick={props.onWay}>
              {t("graph.wayHere")}
            </button>
          </>
        )}
      </div>
    </div>
  );
}

interface GroupCardProps {
  node: Node;
  /** Whose neighbours they are. */
  around?: Node;
  onClose: () => void;
}

/** A group too large to be drawn one by one: where to find its members as a list. */
export function GroupCard({ node, around, onClose }: GroupCardProps) {
  const { t } = useLang();
  const label = useKindLabel();
  const { kind = "", count = 0 } = node.group ?? {};
  return (
    <div className="map-card graph-card">
      <div className="map-card-head">
        <strong>
          {label(kind)} × {count}
        </strong>
        <button type="button" className="map-x" aria-label={t("action.close")} onClick={onClose}>
          ×
        </button>
      </div>
      {around && (
        <p className="small">
          {t("graph.groupAround")} <EntityLink entity={around} />
        </p>
      )}
      <p className="quiet small">{t("graph.groupWhy")}</p>
      <AppLink className="button button-small" to={searchPath(kind, around)}>
        {t("graph.groupList")}
      </AppLink>
    </div>
  );
}

const PLACES = ["district", "street", "belt", "block", "park"];

/** The search page for the members; by place too, when the group stands around a place. */
function searchPath(kind: string, around?: Node): string {
  const query = new URLSearchParams({ kind });
  if (around && PLACES.includes(around.kind)) query.set("place", around.id);
  return `/search?${query.toString()}`;
}
