import { type DragEvent, useState } from "react";

interface FileDropProps {
  /** What the input is called by those who hear it. */
  label: string;
  /** What stands in the frame: the invitation, or the name of what was chosen. */
  text: string;
  hint: string;
  /** Suffixes with their dots, parted by commas. */
  accept: string;
  disabled?: boolean;
  onFile: (file: File | null) => void;
}

/** A frame that takes a file dropped on it or picked through it. */
export function FileDrop({ label, text, hint, accept, disabled = false, onFile }: FileDropProps) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) onFile(event.dataTransfer.files[0] ?? null);
  };
  return (
    <label
      className={over ? "drop drop-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <span className="drop-name">{text}</span>
      <span className="quiet small">{hint}</span>
      <input
        type="file"
        className="visually-hidden"
        aria-label={label}
        accept={accept}
        disabled={disabled}
        onChange={(event) => onFile(event.target.files?.[0] ?? null)}
      />
    </label>
  );
}
