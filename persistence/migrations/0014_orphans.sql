-- Instances that a launch left behind and no group has: written down before they are terminated, so
-- that the cap on such deletions holds over restarts (reliability.md I-5, I-6).
CREATE TABLE orphan (
  account_id    text NOT NULL REFERENCES account (id),
  instance_id   text NOT NULL,
  intent_id     text NOT NULL,
  project_id    bigint NOT NULL,
  address       jsonb,
  absent_reads  integer NOT NULL CHECK (absent_reads >= 0),
  found_at      timestamptz NOT NULL,
  gone_at       timestamptz,
  PRIMARY KEY (account_id, instance_id)
);
CREATE INDEX orphan_open ON orphan (account_id, found_at) WHERE gone_at IS NULL;
CREATE INDEX orphan_found ON orphan (account_id, found_at);

-- Which launch an instance's name belongs to, and where the account has launched at all.
CREATE INDEX launch_intent_named ON launch_intent (account_id, launch_name) WHERE launch_name <> '';
CREATE INDEX launch_intent_projects ON launch_intent (account_id, project_id)
  WHERE sent_at IS NOT NULL;
