import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post } from "../../api/client";
import { type Cluster, microOf, yuanOf } from "../../api/compute";
import { useLang } from "../../state/lang";
import { DayField, Field, FormError, useFormat } from "../../ui";
import { useComputeWords } from "./words";

interface KindsProps {
  cluster: Cluster;
  refresh: () => void;
}

/** Kinds of device with what is free of them and what they cost. */
export function Kinds({ cluster, refresh }: KindsProps) {
  const { t } = useLang();
  const format = useFormat();
  const words = useComputeWords();
  const [pricing, setPricing] = useState<string | null>(null);
  if (cluster.kinds.length === 0) return null;
  return (
    <section aria-label={t("compute.kinds")}>
      <h2>{t("compute.kinds")}</h2>
      <ul className="service-list">
        {cluster.kinds.map((kind) => (
          <li key={kind.name}>
            <div>
              <span className="service-name">{words.kind(kind.name)}</span>
              <span className="quiet small">
                {t("compute.free")} {kind.free / 1_000} / {kind.devices}
              </span>
            </div>
            <div className="service-end">
              {kind.micro_yuan === null || kind.micro_yuan === undefined ? (
                <span className="quiet small">{t("compute.noPrice")}</span>
              ) : (
                <>
                  <span className="service-amount">¥{yuanOf(kind.micro_yuan)}</span>
                  <span className="quiet small">
                    {t("vouchers.good", { until: format.day(kind.until ?? "") })}
                  </span>
                </>
              )}
              {cluster.rights.manage && kind.micro_yuan == null && (
                <button
                  type="button"
                  className="button-text small"
                  aria-expanded={pricing === kind.name}
                  onClick={() => setPricing(pricing === kind.name ? null : kind.name)}
                >
                  {t("compute.setPrice")}
                </button>
              )}
            </div>
            {pricing === kind.name && kind.micro_yuan == null && (
              <PriceForm
                kind={kind.name}
                done={() => {
                  setPricing(null);
                  refresh();
                }}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The last day of next year. */
export function yearEnd(): string {
  return `${new Date().getFullYear() + 1}-12-31`;
}

function PriceForm({ kind, done }: { kind: string; done: () => void }) {
  const { t } = useLang();
  const [yuan, setYuan] = useState("");
  const [until, setUntil] = useState(yearEnd());
  const micro = microOf(yuan);
  const send = useMutation({
    mutationFn: () => post("/compute/prices", { kind, micro_yuan: micro, until }),
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (micro !== null) send.mutate();
  };
  return (
    <form className="event-form compute-inline" aria-label={t("compute.setPrice")} onSubmit={submit}>
      <Field
        label={t("compute.price")}
        value={yuan}
        required
        inputMode="decimal"
        error={yuan !== "" && micro === null ? t("compute.badMoney") : undefined}
        onChange={(event) => setYuan(event.target.value)}
      />
      <div className="form-row">
        <span>{t("compute.priceUntil")}</span>
        <DayField label={t("compute.priceUntil")} value={until} onDay={setUntil} />
      </div>
      <FormError error={send.error} />
      <button type="submit" className="button button-main" disabled={micro === null || send.isPending}>
        {t("compute.setPrice")}
      </button>
    </form>
  );
}
