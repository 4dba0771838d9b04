import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type ApiError, get, post, remove, segment } from "../../api/client";
import type { Page, Token } from "../../api/types";
import { useLang } from "../../state/lang";
import { Answer, Field, FormError, useFormat } from "../../ui";

/** Keys for programs; the secret of a new one is shown once. */
export function Tokens() {
  const { t } = useLang();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const query = useQuery<Page<Token>, ApiError>({
    queryKey: ["tokens"],
    queryFn: () => get("/tokens"),
  });
  const refresh = () => client.invalidateQueries({ queryKey: ["tokens"] });
  const make = useMutation({
    mutationFn: () => post<Token>("/tokens", { name }),
    onSuccess: () => {
      setName("");
      return refresh();
    },
  });
  const drop = useMutation({
    mutationFn: (id: string) => remove(`/tokens/${segment(id)}`),
    onSuccess: refresh,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <section className="section">
      <h2>{t("account.tokens")}</h2>
      <p className="section-lead">{t("account.tokensLead")}</p>
      <Answer query={query} height={80}>
        {(page) => (
          <ul className="account-list">
            {page.items.map((token) => (
              <TokenRow key={token.id} token={token} drop={() => drop.mutate(token.id)} />
            ))}
            {page.items.length === 0 && <li className="quiet">{t("account.tokensNone")}</li>}
          </ul>
        )}
      </Answer>
      {make.data?.secret && (
        <p role="status" className="account-secret">
          {t("account.tokenOnce")} <code>{make.data.secret}</code>
        </p>
      )}
      <form className="form" onSubmit={submit}>
        <Field
          label={t("account.tokenName")}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <FormError error={make.error ?? drop.error} />
        <button type="submit" className="button" disabled={make.isPending}>
          {t("account.tokenNew")}
        </button>
      </form>
    </section>
  );
}

function TokenRow({ token, drop }: { token: Token; drop: () => void }) {
  const { t } = useLang();
  const format = useFormat();
  return (
    <li className="account-row">
      <span>
        {token.name} <span className="quiet small">{t(`account.role.${token.role}`)}</span>
      </span>
      <span className="quiet small">
        {token.last_used
          ? t("account.lastUsed", { time: format.time(token.last_used) })
          : t("account.never")}
      </span>
      <button
        type="button"
        className="button button-small button-danger"
        onClick={drop}
        aria-label={`${t("action.delete")} ${token.name}`}
      >
        {t("action.delete")}
      </button>
    </li>
  );
}
