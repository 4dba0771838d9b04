import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, segment } from "../../api/client";
import type { Reservation, Sharing } from "../../api/compute";
import { useLang } from "../../state/lang";
import { DayField, EmptyState, Field, FormError, useFormat } from "../../ui";
import { Chips } from "./Chips";
import { yearEnd } from "./Kinds";
import { PartyPicker } from "./PartyPicker";
import { devicesOf } from "./shares";
import { useComputeWords } from "./words";

interface Part {
  sharing: Sharing;
  refresh: () => void;
}

/** Nodes that are set aside, for whom, and what of them is lent. */
export function Reservations({ sharing, refresh }: Part) {
  const { t } = useLang();
  const [writing, setWriting] = useState(false);
  return (
    <section aria-label={t("sharing.reservations")}>
      <div className="compute-head">
        <h2>{t("sharing.reservations")}</h2>
        {sharing.rights.manage && (
          <button
            type="button"
            className="button"
            aria-expanded={writing}
            onClick={() => setWriting(!writing)}
          >
            {t("sharing.reserve")}
          </button>
        )}
      </div>
      {writing && (
        <ReserveForm
          sharing={sharing}
          done={() => {
            setWriting(false);
            refresh();
          }}
        />
      )}
      {sharing.reservations.length === 0 ? (
        <EmptyState
          title={t("sharing.noReservations")}
          why={t("sharing.noReservationsWhy")}
          height={140}
        />
      ) : (
        <ul className="service-list">
          {sharing.reservations.map((one) => (
            <Line key={one.id} one={one} manage={sharing.rights.manage} refresh={refresh} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Line({ one, manage, refresh }: { one: Reservation; manage: boolean; refresh: () => void }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const words = useComputeWords();
  const giveUp = useMutation({
    mutationFn: () => post(`/compute/reservations/${segment(one.id)}/give-up`, {}),
    onSuccess: refresh,
  });
  const lent =
    one.lent_after_ms === null || one.lent_after_ms === undefined
      ? t("sharing.notLent")
      : one.lent_after_ms === 0
        ? t("sharing.lentAtOnce")
        : t("sharing.lent", { after: words.duration(one.lent_after_ms) });
  const parts = [
    { key: "own", milli: one.own, label: t("sharing.own") },
    { key: "lent", milli: one.lent, label: t("sharing.borrowed") },
  ];
  const idle = Math.max(one.milli - one.own - one.lent, 0);
  const told = [...parts, { key: "idle", milli: idle, label: t("sharing.idle") }]
    .map((part) => `${part.label} ${devicesOf(part.milli)}`)
    .join(" · ");
  return (
    <li>
      <div>
        <span className="service-name">
          {one.holder ? pick(one.holder.name) : t("sharing.someone")}
        </span>
        <span className="quiet small">
          {one.id} · {one.nodes.join(", ")} ·{" "}
          {t("providers.range", { from: format.time(one.from), until: format.time(one.until) })} ·{" "}
          {lent}
        </span>
        <span className="reserve-bar" role="img" aria-label={told}>
          {parts.map((part) => (
            <span
              key={part.key}
              className={`reserve-${part.key}`}
              style={{ width: `${(part.milli * 100) / Math.max(one.milli, 1)}%` }}
            />
          ))}
        </span>
        <span className="quiet small">{told}</span>
        <FormError error={giveUp.error} />
      </div>
      <div className="service-end">
        {manage && (
          <button
            type="button"
            className="button-text small"
            disabled={giveUp.isPending}
            onClick={() => giveUp.mutate()}
          >
            {t("sharing.giveUp")}
          </button>
        )}
      </div>
    </li>
  );
}

function ReserveForm({ sharing, done }: { sharing: Sharing; done: () => void }) {
  const { t } = useLang();
  const [holder, setHolder] = useState("");
  const [nodes, setNodes] = useState<string[]>([]);
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState(yearEnd());
  const [lend, setLend] = useState("0");
  const send = useMutation({
    mutationFn: () =>
      post("/compute/reservations", {
        holder,
        nodes,
        from: from ? `${from}T00:00:00+08:00` : null,
        until: `${until}T23:59:59.999999+08:00`,
        lent_after_ms: lend.trim() === "" ? null : Math.round(Number(lend) * 60_000),
      }),
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form className="event-form compute-form" aria-label={t("sharing.reserve")} onSubmit={submit}>
      <PartyPicker sharing={sharing} groups value={holder} onChange={setHolder} />
      <Chips label={t("sharing.nodes")} all={sharing.common} chosen={nodes} onChange={setNodes} />
      <div className="compute-numbers">
        <div className="form-row">
          <span>{t("sharing.from")}</span>
          <DayField label={t("sharing.from")} value={from} onDay={setFrom} />
        </div>
        <div className="form-row">
          <span>{t("sharing.until")}</span>
          <DayField label={t("sharing.until")} value={until} onDay={setUntil} />
        </div>
        <Field
          label={t("sharing.lend")}
          hint={t("sharing.lendHint")}
          type="number"
          min={0}
          max={129_600}
          value={lend}
          onChange={(event) => setLend(event.target.value)}
        />
      </div>
      <FormError error={send.error} />
      <button
        type="submit"
        className="button button-main"
        disabled={send.isPending || nodes.length === 0 || holder === ""}
      >
        {t("sharing.reserve")}
      </button>
    </form>
  );
}
