import { useState } from "react";
import { type Provider, type Providers, yuanOf } from "../../api/compute";
import { useApi } from "../../api/query";
import { useLang } from "../../state/lang";
import { Answer, AppLink, DayField, EmptyState, PageHeader, SignedIn, useFormat } from "../../ui";
import { useComputeWords } from "./words";
import "../../service/service.css";
import "./compute.css";

/** What providers brought, and what it earned. */
export default function ProvidersPage() {
  const { t } = useLang();
  return (
    <SignedIn
      title={t("providers.title")}
      lead={t("providers.lead")}
      ask={t("compute.signIn")}
      why={t("compute.signInWhy")}
    >
      <All />
    </SignedIn>
  );
}

function All() {
  const { t } = useLang();
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const query = useApi<Providers>(
    "/compute/providers",
    { from: from || undefined, until: until || undefined },
    { timeless: true, staleTime: 5_000, refetchInterval: 15_000 },
  );
  return (
    <>
      <PageHeader
        eyebrow={<AppLink to="/compute">{t("compute.title")}</AppLink>}
        title={t("providers.title")}
        lead={t("providers.lead")}
        actions={
          <div className="row">
            <DayField
              label={t("sharing.from")}
              value={from || (query.data?.from ?? "")}
              onDay={setFrom}
            />
            <DayField
              label={t("sharing.until")}
              value={until || (query.data?.until ?? "")}
              onDay={setUntil}
            />
          </div>
        }
      />
      <Answer query={query} height={420}>
        {(all) =>
          all.items.length === 0 ? (
            <EmptyState title={t("providers.none")} why={t("providers.noneWhy")} height={200} />
          ) : (
            all.items.map((one) => <One key={one.site} one={one} />)
          )
        }
      </Answer>
    </>
  );
}

const HOUR = 3_600_000_000;

/** Milli-GPU-milliseconds as device-hours: to a tenth, and finer below one. */
function hours(use: number): string {
  const value = use / HOUR;
  return value < 1 ? String(Number(value.toPrecision(2))) : String(Math.round(value * 10) / 10);
}

/** In hundredths, to a tenth; none where nothing was there. */
function share(of: { used: number; there: number }): string {
  return of.there > 0 ? String(Math.round((of.used * 1_000) / of.there) / 10) : "–";
}

function One({ one }: { one: Provider }) {
  const { t } = useLang();
  const format = useFormat();
  const words = useComputeWords();
  const name =
    one.site.startsWith("here-")
      ? t("providers.here")
      : one.site === ""
        ? t("providers.alone")
        : t("providers.site", { site: one.site });
  const devices = one.nodes.reduce((sum, node) => sum + node.devices, 0);
  return (
    <section className="provider" aria-label={name}>
      <h2>{name}</h2>
      <dl className="service-figures">
        <div>
          <dt>{t("providers.devices")}</dt>
          <dd>{devices}</dd>
        </div>
        <div>
          <dt>{t("providers.used")}</dt>
          <dd>{share(one.total)}%</dd>
        </div>
        <div>
          <dt>{t("providers.hours")}</dt>
          <dd>{hours(one.total.used)}</dd>
        </div>
        <div>
          <dt>{t("providers.earned")}</dt>
          <dd>¥{yuanOf(one.total.earned)}</dd>
        </div>
      </dl>
      <Days one={one} />
      <div className="compute-table">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("providers.kinds")}</th>
              <th scope="col" className="right">
                {t("providers.used")}
              </th>
              <th scope="col" className="right">
                {t("providers.hours")}
              </th>
              <th scope="col" className="right">
                {t("providers.earned")}
              </th>
            </tr>
          </thead>
          <tbody>
            {one.kinds.map((kind) => (
              <tr key={kind.kind}>
                <td>{words.kind(kind.kind)}</td>
                <td className="right">{share(kind)}%</td>
                <td className="right">{hours(kind.used)}</td>
                <td className="right">¥{yuanOf(kind.earned)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3 className="provider-nodes">{t("providers.nodes")}</h3>
      <ul className="service-list">
        {one.nodes.map((node) => (
          <li key={node.name}>
            <div>
              <span className="mono">{node.name}</span>
              <span className="quiet small">
                {node.devices} × {words.kind(node.kind)} ·{" "}
                {t(node.lost ? "providers.lostSince" : "providers.since", {
                  since: format.time(node.since),
                })}
                {node.outages > 0 && (
                  <> · {t("providers.outages", { count: String(node.outages) })}</>
                )}
              </span>
            </div>
            <div className="service-end">
              {node.lost && (
                <span className="standing standing-cinnabar">{t("compute.lost")}</span>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

const BAR = 12;
const GAP = 3;
const HEIGHT = 100;

/** A bar a day: what of the devices that were there was used. */
function Days({ one }: { one: Provider }) {
  const { t } = useLang();
  const format = useFormat();
  const width = one.days.length * (BAR + GAP);
  const most = Math.max(...one.days.map((day) => day.there), 1);
  return (
    <figure aria-label={t("providers.daily")} style={{ margin: 0 }}>
      <svg
        className="provider-days"
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("providers.daily")}
      >
        {one.days.map((day, at) => {
          const there = (day.there * HEIGHT) / most;
          const used = (day.used * HEIGHT) / most;
          const x = at * (BAR + GAP);
          return (
            <g key={day.day}>
              <title>
                {t("providers.day", {
                  day: format.day(day.day),
                  used: share(day),
                  hours: hours(day.used),
                  yuan: yuanOf(day.earned),
                })}
              </title>
              <rect
                className="provider-there"
                x={x}
                y={HEIGHT - there}
                width={BAR}
                height={there}
              />
              <rect x={x} y={HEIGHT - used} width={BAR} height={used} />
            </g>
          );
        })}
      </svg>
      <figcaption className="provider-axis small">
        <span>{format.day(one.days[0]?.day ?? "")}</span>
        <span>{t("providers.daily")}</span>
        <span>{format.day(one.days.at(-1)?.day ?? "")}</span>
      </figcaption>
    </figure>
  );
}
