-- Temporary access keys: a session token must come along, and both end.
ALTER TABLE access_key
  ADD COLUMN security_token_sha256  text NOT NULL DEFAULT '',
  ADD COLUMN expires_at             timestamptz NOT NULL DEFAULT 'infinity';
