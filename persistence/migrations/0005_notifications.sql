-- Whom finished activities are announced to, and how far each announcement has come.

ALTER TABLE scaling_notification
  ADD COLUMN description  text NOT NULL DEFAULT '',
  ADD COLUMN create_time  timestamptz NOT NULL DEFAULT now();

-- `endpoint` is what contacts share that reach the same server (engine/ports/contact.h).
CREATE TABLE contact (
  account_id     text NOT NULL REFERENCES account (id),
  id             text NOT NULL CHECK (id <> ''),
  kind           text NOT NULL,
  address        text NOT NULL,
  endpoint       text NOT NULL,
  sealed_secret  bytea,
  enabled        boolean NOT NULL,
  PRIMARY KEY (account_id, id)
);

-- An engine of the version before writes no shard: its events are announced by the owner of shard 0.
ALTER TABLE outbox
  ADD COLUMN shard          smallint NOT NULL DEFAULT 0 CHECK (shard BETWEEN 0 AND 255),
  ADD COLUMN fanned_out_at  timestamptz;
UPDATE outbox SET shard = scaling_group.shard FROM scaling_group WHERE scaling_group.id = group_id;
CREATE INDEX outbox_new ON outbox (seq) WHERE fanned_out_at IS NULL;
CREATE INDEX outbox_new_of_group ON outbox (group_id, seq) WHERE fanned_out_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

-- One row an event and contact. A claim raises `attempts`, which is then the claim's proof, and moves
-- next_at on: what nobody settles is due again by itself.
CREATE TABLE outbox_delivery (
  event_id    uuid NOT NULL REFERENCES outbox (event_id) ON DELETE CASCADE,
  contact_id  text NOT NULL,
  account_id  text NOT NULL,
  group_id    bigint NOT NULL,
  shard       smallint NOT NULL,
  seq         bigint NOT NULL,
  state       text NOT NULL DEFAULT 'Open',
  attempts    integer NOT NULL DEFAULT 0,
  next_at     timestamptz NOT NULL,
  ended_at    timestamptz,
  last_error  text NOT NULL DEFAULT '',
  PRIMARY KEY (event_id, contact_id),
  CHECK ((state = 'Open') = (ended_at IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX outbox_delivery_due ON outbox_delivery (next_at) WHERE state = 'Open';
CREATE INDEX outbox_delivery_order ON outbox_delivery (account_id, contact_id, group_id, seq)
  WHERE state = 'Open';
