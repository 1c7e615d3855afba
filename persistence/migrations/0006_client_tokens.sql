-- What accounts asked for under their client tokens, and what they were answered: written in the
-- write's own transaction, kept for a day (I-21).
CREATE TABLE client_token (
  account_id      text NOT NULL REFERENCES account (id),
  token           text NOT NULL CHECK (length(token) BETWEEN 1 AND 64),
  action          text NOT NULL,
  sealed_request  bytea NOT NULL,
  answer          bytea NOT NULL,
  created_at      timestamptz NOT NULL,
  PRIMARY KEY (account_id, token)
);
CREATE INDEX client_token_age ON client_token (created_at);
