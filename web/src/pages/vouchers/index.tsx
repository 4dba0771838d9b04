import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, segment } from "../../api/client";
import { type Invoice, microOf, type Voucher, type Vouchers, yuanOf } from "../../api/compute";
import { useApi, useSession } from "../../api/query";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  DayField,
  EmptyState,
  EntityPicker,
  Field,
  FormError,
  PageHeader,
  SignedIn,
  useFormat,
} from "../../ui";
import { ChargeTable } from "../compute/ChargeTable";
import { yearEnd } from "../compute/Kinds";
import { useComputeWords } from "../compute/words";
import "../../service/service.css";
import "../compute/compute.css";

/** Vouchers, and the statement of what they paid. */
export default function VouchersPage() {
  const { t } = useLang();
  return (
    <SignedIn
      title={t("vouchers.title")}
      lead={t("vouchers.lead")}
      ask={t("compute.signIn")}
      why={t("compute.signInWhy")}
    >
      <Purse />
    </SignedIn>
  );
}

const POCKETS = ["issued", "remaining", "held", "captured", "expired"] as const;

function Purse() {
  const { t } = useLang();
  const [issuing, setIssuing] = useState(false);
  const query = useApi<Vouchers>("/compute/vouchers", {}, {
    timeless: true,
    staleTime: 1_000,
    refetchInterval: 5_000,
  });
  const manage = query.data?.rights.manage ?? false;
  const refresh = () => void query.refetch();
  return (
    <>
      <PageHeader
        eyebrow={<AppLink to="/compute">{t("compute.title")}</AppLink>}
        title={t("vouchers.title")}
        lead={t("vouchers.lead")}
        actions={
          manage && (
            <button
              type="button"
              className="button button-main"
              aria-expanded={issuing}
              onClick={() => setIssuing(!issuing)}
            >
              {t("vouchers.issue")}
            </button>
          )
        }
      />
      {issuing && (
        <GiveForm
          label={t("vouchers.issue")}
          send={t("vouchers.send")}
          dated
          give={(holder, amount, until) => post("/compute/vouchers", { holder, amount, until })}
          done={() => {
            setIssuing(false);
            refresh();
          }}
        />
      )}
      <Answer query={query} height={320}>
        {(vouchers) =>
          vouchers.items.length === 0 ? (
            <EmptyState title={t("vouchers.none")} why={t("vouchers.noneWhy")} height={220} />
          ) : (
            <>
              <dl className="service-figures">
                {POCKETS.map((pocket) => (
                  <div key={pocket}>
                    <dt>{t(`vouchers.${pocket}`)}</dt>
                    <dd>¥{yuanOf(vouchers[pocket])}</dd>
                  </div>
                ))}
              </dl>
              <p className={vouchers.balance ? "quiet small" : "late"} role="status">
                {vouchers.balance ? t("vouchers.balance") : t("vouchers.unbalanced")}
              </p>
              <ul className="service-list">
                {vouchers.items.map((voucher) => (
                  <Line key={`${voucher.id}${voucher.makes_good}`} voucher={voucher} refresh={refresh} />
                ))}
              </ul>
            </>
          )
        }
      </Answer>
      <Statement />
    </>
  );
}

function Line({ voucher, refresh }: { voucher: Voucher; refresh: () => void }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const words = useComputeWords();
  const [giving, setGiving] = useState(false);
  const bar = [
    ["captured", voucher.captured],
    ["held", voucher.held],
    ["remaining", voucher.remaining],
  ] as const;
  return (
    <li>
      <div>
        <span className="service-name">{pick(voucher.holder.name)}</span>
        <span className="quiet small">
          {voucher.makes_good ? t("vouchers.makesGood") : voucher.id}
          {voucher.parent && ` · ${t("vouchers.of", { id: voucher.parent })}`} ·{" "}
          {t("vouchers.good", { until: format.day(voucher.until) })}
          {voucher.kinds.length > 0 &&
            ` · ${t("vouchers.kinds", { kinds: voucher.kinds.map(words.kind).join(", ") })}`}
        </span>
        <span className="voucher-bar" aria-hidden="true">
          {bar.map(([pocket, amount]) => (
            <span
              key={pocket}
              className={`voucher-${pocket}`}
              style={{ width: `${(amount / voucher.amount) * 100}%` }}
            />
          ))}
        </span>
      </div>
      <div className="service-end">
        <span className="service-amount">¥{yuanOf(voucher.remaining)}</span>
        <span className="small">
          {t("vouchers.captured")} ¥{yuanOf(voucher.captured)}
        </span>
        {voucher.remaining > 0 && !voucher.makes_good && (
          <button
            type="button"
            className="button-text small"
            aria-expanded={giving}
            onClick={() => setGiving(!giving)}
          >
            {t("vouchers.split")}
          </button>
        )}
      </div>
      {giving && (
        <GiveForm
          label={t("vouchers.split")}
          send={t("vouchers.split")}
          give={(holder, amount) =>
            post(`/compute/vouchers/${segment(voucher.id)}/split`, { holder, amount })
          }
          done={() => {
            setGiving(false);
            refresh();
          }}
        />
      )}
    </li>
  );
}

interface GiveFormProps {
  label: string;
  send: string;
  /** Whether a day is asked for. */
  dated?: boolean;
  give: (holder: string, amount: number, until: string) => Promise<unknown>;
  done: () => void;
}

function GiveForm({ label, send, dated, give, done }: GiveFormProps) {
  const { t } = useLang();
  const session = useSession();
  const own = session.data?.account?.id ?? "";
  const [firm, setFirm] = useState("");
  const [self, setSelf] = useState(false);
  const [yuan, setYuan] = useState("");
  const [until, setUntil] = useState(yearEnd());
  const micro = microOf(yuan);
  const holder = self ? own : firm;
  const act = useMutation({
    mutationFn: () => give(holder, micro ?? 0, until),
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (micro !== null && holder) act.mutate();
  };
  return (
    <form className="event-form compute-inline" aria-label={label} onSubmit={submit}>
      {!self && <EntityPicker label={t("vouchers.holder")} value={firm} onChange={setFirm} />}
      {dated && (
        <label className="row small">
          <input type="checkbox" checked={self} onChange={(event) => setSelf(event.target.checked)} />
          {t("vouchers.self")}
        </label>
      )}
      <Field
        label={t("vouchers.amount")}
        value={yuan}
        required
        inputMode="decimal"
        error={yuan !== "" && micro === null ? t("compute.badMoney") : undefined}
        onChange={(event) => setYuan(event.target.value)}
      />
      {dated && (
        <div className="form-row">
          <span>{t("vouchers.until")}</span>
          <DayField label={t("vouchers.until")} value={until} onDay={setUntil} />
        </div>
      )}
      <FormError error={act.error} />
      <button
        type="submit"
        className="button button-main"
        disabled={micro === null || !holder || act.isPending}
      >
        {send}
      </button>
    </form>
  );
}

function Statement() {
  const { t } = useLang();
  const query = useApi<Invoice>("/compute/invoice", {}, { timeless: true, staleTime: 1_000 });
  return (
    <section aria-label={t("vouchers.statement")}>
      <h2>{t("vouchers.statement")}</h2>
      <p className="quiet">{t("vouchers.statementWhy")}</p>
      <Answer query={query} height={160}>
        {(invoice) =>
          invoice.lines.length === 0 ? (
            <p className="quiet">{t("vouchers.noLines")}</p>
          ) : (
            <>
              <ChargeTable lines={invoice.lines} label={t("vouchers.statement")} jobs />
              <p className={invoice.agrees ? "quiet small" : "late"}>
                {invoice.agrees ? t("vouchers.agrees") : t("vouchers.disagrees")}
              </p>
            </>
          )
        }
      </Answer>
    </section>
  );
}
