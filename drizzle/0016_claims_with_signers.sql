CREATE OR REPLACE VIEW analytics."claims" AS
SELECT p.pith_number AS pith_number,
  c.ordinal AS ordinal,
  c.claim_id AS claim_id,
  c.kind AS kind,
  c.text AS text,
  c.status AS status,
  c.attestation AS attestation,
  c.source AS source,
  p.proof::text AS proof,
  'sha256:' || encode(p.snapshot_event_id, 'hex') AS event_id,
  s.signer_id AS signer_id,
  s.key_id AS signer_key_id,
  e.fingerprint AS signer_fingerprint
FROM public.claims AS c JOIN public.papers AS p ON p.paper_id = c.paper_id
  LEFT JOIN public.events AS e ON e.paper_id = p.paper_id AND e.event_id = p.snapshot_event_id
  LEFT JOIN public.signers AS s ON s.fingerprint = e.fingerprint;--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".proof IS 'How far the snapshot is proved to be its signer''s word: hash, receipt or signed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".event_id IS 'The event that brought it, the current snapshot of the paper: sha256:<64 hex digits>.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".signer_id IS 'Who signed that event, as the event names the signer. Proved only where proof is signed.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".signer_key_id IS 'The id of the signer''s key.';--> statement-breakpoint
COMMENT ON COLUMN analytics."claims".signer_fingerprint IS 'The fingerprint of the signer''s key, 32 hex digits.';
