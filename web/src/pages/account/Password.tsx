import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { put, segment } from "../../api/client";
import type { Account } from "../../api/types";
import { useLang } from "../../state/lang";
import { FormError, PasswordField } from "../../ui";

/** One's own password, changed with the present one. */
export function Password({ account }: { account: Account }) {
  const { t } = useLang();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () =>
      put<Account>(
        `/accounts/${segment(account.id)}`,
        { password: next, current_password: current },
        account.etag,
      ),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      return client.invalidateQueries({ queryKey: ["session"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <section className="section">
      <h2>{t("account.changePassword")}</h2>
      <form className="form" onSubmit={submit}>
        <input
          type="hidden"
          name="username"
          autoComplete="username"
          value={account.name}
          readOnly
        />
        <PasswordField label={t("account.currentPassword")} value={current} onValue={setCurrent} />
        <PasswordField label={t("account.newPassword")} fresh value={next} onValue={setNext} />
        <FormError error={change.error} />
        {change.isSuccess && (
          <p role="status" className="jade">
            {t("account.passwordChanged")}
          </p>
        )}
        <button type="submit" className="button" disabled={change.isPending}>
          {t("account.changePassword")}
        </button>
      </form>
    </section>
  );
}
