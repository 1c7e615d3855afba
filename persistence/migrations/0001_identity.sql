-- Who may call, what an account may have, and with what the engine calls the cloud for it.
--
-- Columns named sealed_* hold AES-256-GCM ciphertext (envelope_cipher.h): a key byte, a nonce, the
-- text and a tag. An account's key is itself sealed, by the operator's key file.

-- Ids of rows: milliseconds since 2015-01-01 UTC in the upper bits, so that they order by time, and
-- 22 bits of a sequence, so that two engines never make the same one.
CREATE SEQUENCE id_sequence;

CREATE FUNCTION next_id() RETURNS bigint
LANGUAGE sql VOLATILE AS $$
  SELECT ((floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1420070400000) << 22)
         | (nextval('id_sequence') & 4194303)
$$;

-- Changes when another server took over as primary (reliability.md C1.4).
CREATE FUNCTION current_timeline() RETURNS text
LANGUAGE sql VOLATILE AS $$
  SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
$$;

CREATE TABLE account (
  id               text PRIMARY KEY CHECK (id <> ''),
  name             text NOT NULL,
  frozen           boolean NOT NULL DEFAULT false,
  sealed_data_key  bytea NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE access_key (
  access_key_id      text PRIMARY KEY CHECK (access_key_id <> ''),
  account_id         text NOT NULL REFERENCES account (id),
  sealed_secret_key  bytea NOT NULL,
  user_name          text NOT NULL,
  enabled            boolean NOT NULL,
  allow              text[] NOT NULL
);
CREATE INDEX access_key_account ON access_key (account_id);

CREATE TABLE cloud_credential (
  account_id         text PRIMARY KEY REFERENCES account (id),
  access_key_id      text NOT NULL,
  sealed_secret_key  bytea NOT NULL
);

CREATE TABLE metric_credential (
  token_sha256  text PRIMARY KEY CHECK (token_sha256 <> ''),
  account_id    text NOT NULL REFERENCES account (id),
  push_any      boolean NOT NULL
);
CREATE INDEX metric_credential_account ON metric_credential (account_id);

-- Only what differs from the defaults of domain::Quotas.
CREATE TABLE quota (
  account_id  text NOT NULL REFERENCES account (id),
  name        text NOT NULL,
  value       integer NOT NULL CHECK (value >= 0),
  PRIMARY KEY (account_id, name)
);
