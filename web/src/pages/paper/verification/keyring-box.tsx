/** Takes keys that the reader trusts and this page does not know. A server's own word on them would prove nothing. */
export function KeyringBox({
  keyring,
  onChange,
  isNeeded,
}: {
  keyring: string;
  onChange: (keyring: string) => void;
  isNeeded: boolean;
}) {
  return (
    <details class="keyring" open={isNeeded || keyring !== ""}>
      <summary class="small">Add a trusted key</summary>
      <label class="small">
        A keyring: a JSON array of entries with key_id, signer_id, signer_type, public_key_b64 and
        event_types. It stays in this browser.
        <textarea
          rows={4}
          spellcheck={false}
          value={keyring}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </label>
    </details>
  );
}
