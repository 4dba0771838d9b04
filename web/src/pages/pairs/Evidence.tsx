import type { ReactNode } from "react";
import type { Pair, Side } from "../../api/review";
import { useLang } from "../../state/lang";
import { EntityLink, KindBadge, useFormat } from "../../ui";
import { nearest } from "./names";

type Likeness = "like" | "near" | "unlike" | "missing" | null;

interface Line {
  key: string;
  name: string;
  left: ReactNode;
  right: ReactNode;
  likeness: Likeness;
}

const plain = (text: string): string => text.normalize("NFKC").replace(/\s+/g, "").toLowerCase();

/** Same; near, when one says the other and more (2019-03 and 2019-03-12); different; or unsaid. */
function compare(left: string | undefined, right: string | undefined): Likeness {
  if (!left || !right) return "missing";
  const [a, b] = [plain(left), plain(right)];
  if (a === b) return "like";
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length > 1 && long.startsWith(short) ? "near" : "unlike";
}

/** Ids are the same or not; one that begins like another says nothing. */
function same(left: string | undefined, right: string | undefined): Likeness {
  if (!left || !right) return "missing";
  return left === right ? "like" : "unlike";
}

interface Named {
  name: string;
  value: string;
}

/** Both sides' named values in one list, in the order of the left side, then of the right. */
function paired(left: readonly Named[], right: readonly Named[]): [string, string?, string?][] {
  const names = [...new Set([...left, ...right].map((each) => each.name))];
  const of = (side: readonly Named[], name: string) => {
    const values = side.filter((each) => each.name === name).map((each) => each.value);
    return values.length > 0 ? values.join(", ") : undefined;
  };
  return names.map((name) => [name, of(left, name), of(right, name)]);
}

/** What both sides say, side by side as two cards, with how each line compares between them. */
export function Evidence({ pair }: { pair: Pair }) {
  const { t } = useLang();
  const lines = useLines(pair);
  return (
    <table className="evidence" aria-label={t("pairs.compare")}>
      <thead>
        <tr>
          <CardHead side={pair.left} other={pair.right} />
          <td className="evidence-spine" />
          <CardHead side={pair.right} other={pair.left} />
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.key} className={line.likeness ? `evidence-${line.likeness}` : undefined}>
            <td className="evidence-left">{line.left}</td>
            <th scope="row" className="evidence-spine">
              <span className="evidence-name">{line.name}</span>
              <LikenessMark likeness={line.likeness} />
            </th>
            <td className="evidence-right">{line.right}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CardHead({ side, other }: { side: Side; other: Side }) {
  const [first, ...rest] = side.names;
  return (
    <th scope="col" className="evidence-head">
      <KindBadge kind={side.entity.kind} />
      <span className="evidence-title">
        {first ? <NameText name={first} others={other.names} /> : side.entity.id}
      </span>
      {rest.slice(0, 5).map((name) => (
        <span key={name} className="evidence-alias">
          <NameText name={name} others={other.names} />
        </span>
      ))}
      <span className="evidence-id">
        <EntityLink entity={{ ...side.entity, name: { zh: side.entity.id, en: side.entity.id } }} />
      </span>
    </th>
  );
}

/** A name; what the other side's nearest name has not is underlined. */
function NameText({ name, others }: { name: string; others: readonly string[] }) {
  return (
    <>
      {nearest(name, others).map((piece, index) =>
        piece.same ? piece.text : <u key={index}>{piece.text}</u>,
      )}
    </>
  );
}

const SIGNS = { like: "=", near: "≈", unlike: "≠", missing: "·" } as const;

function LikenessMark({ likeness }: { likeness: Likeness }) {
  const { t } = useLang();
  if (!likeness) return null;
  return (
    <span className={`likeness likeness-${likeness}`}>
      <span aria-hidden="true">{SIGNS[likeness]}</span>
      {likeness !== "missing" && <span className="likeness-word">{t(`pairs.${likeness}`)}</span>}
    </span>
  );
}

function Quiet({ text }: { text: string | undefined }) {
  const { t } = useLang();
  return text ? <>{text}</> : <span className="quiet">{t("pairs.missing")}</span>;
}

function useLines({ left, right }: Pair): Line[] {
  const { t, pick } = useLang();
  const format = useFormat();
  const named = (side: Side): Named[] => [
    ...side.keys.map((each) => ({ name: pick(each.label) || each.scheme, value: each.value })),
    ...side.facts.map((each) => ({ name: pick(each.label), value: each.value })),
  ];
  const place = (side: Side): ReactNode =>
    side.place ? <EntityLink entity={side.place} /> : <Quiet text={undefined} />;
  const list = (texts: readonly string[]): ReactNode =>
    texts.map((text) => (
      <span key={text} className="evidence-source">
        {text}
      </span>
    ));
  return [
    {
      key: "place",
      name: t("pairs.where"),
      left: place(left),
      right: place(right),
      likeness: same(left.place?.id, right.place?.id),
    },
    ...paired(named(left), named(right)).map(([name, a, b]) => ({
      key: `fact ${name}`,
      name,
      left: <Quiet text={a} />,
      right: <Quiet text={b} />,
      likeness: compare(a, b),
    })),
    {
      key: "sources",
      name: t("pairs.sources"),
      left: list(left.sources),
      right: list(right.sources),
      likeness: null,
    },
    {
      key: "statements",
      name: t("pairs.statements"),
      left: format.number(left.statements),
      right: format.number(right.statements),
      likeness: null,
    },
  ];
}
