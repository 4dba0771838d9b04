import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useLang } from "../state/lang";
import { Field } from "./Field";
import { FormError } from "./FormError";

/** The least length of a new password, as the server has it. */
const LEAST = 12;

interface PasswordFieldProps {
  label: string;
  value: string;
  /** A password being chosen, with its rule said; otherwise one that is already known. */
  fresh?: boolean;
  onValue: (value: string) => void;
}

/** A password, hidden as it is typed and known to password keepers for what it is. */
export function PasswordField({ label, value, fresh = false, onValue }: PasswordFieldProps) {
  const { t } = useLang();
  return (
    <Field
      label={label}
      hint={fresh ? t("account.passwordHint") : undefined}
      type="password"
      autoComplete={fresh ? "new-password" : "current-password"}
      minLength={fresh ? LEAST : undefined}
      required
      value={value}
      onChange={(event) => onValue(event.target.value)}
    />
  );
}

interface CredentialsFormProps {
  /** The button's words. */
  submit: string;
  title?: string;
  /** A name and password for a new account rather than for one that is there. */
  fresh?: boolean;
  /** For somebody else: the browser must not offer one's own name. */
  foreign?: boolean;
  /** Further fields, between the password and the button. */
  children?: ReactNode;
  className?: string;
  onSubmit: (name: string, password: string) => Promise<unknown>;
}

/** A name and a password: to sign in, to set up the house, to add an account. */
export function CredentialsForm(props: CredentialsFormProps) {
  const { submit, title, fresh, foreign, children, className = "", onSubmit } = props;
  const { t } = useLang();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const send = useMutation({
    mutationFn: () => onSubmit(name, password),
    onSuccess: () => {
      setName("");
      setPassword("");
    },
  });
  return (
    <form
      className={`form ${className}`.trim()}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      {title && <h3>{title}</h3>}
      <Field
        label={t("account.name")}
        autoComplete={foreign ? "off" : "username"}
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <PasswordField
        label={t("account.password")}
        fresh={fresh}
        value={password}
        onValue={setPassword}
      />
      {children}
      <FormError error={send.error} />
      <button
        type="submit"
        className={foreign ? "button" : "button button-main"}
        disabled={send.isPending}
      >
        {submit}
      </button>
    </form>
  );
}
