-- Which engine holds which shard, and what is to be announced.

-- Expiry lives here and not on the shard: a renewal never waits for a transaction that holds its
-- shard FOR SHARE. Session numbers are never used again.
CREATE TABLE engine_session (
  sid         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  engine      text NOT NULL,
  timeline    text NOT NULL,
  opened_at   timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

CREATE TABLE shard (
  shard     smallint PRIMARY KEY CHECK (shard BETWEEN 0 AND 255),
  sid       bigint REFERENCES engine_session (sid),
  epoch     bigint NOT NULL DEFAULT 0,
  timeline  text NOT NULL DEFAULT ''
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX shard_session ON shard (sid);
INSERT INTO shard (shard) SELECT generate_series(0, 255);

-- Written in the activity's terminal commit (I-19). `seq` orders a group's events; a reader goes by
-- done_at, never by a watermark of seq, since commits don't follow the order of a sequence.
CREATE TABLE outbox (
  event_id     uuid PRIMARY KEY,
  seq          bigint GENERATED ALWAYS AS IDENTITY,
  account_id   text NOT NULL REFERENCES account (id),
  group_id     bigint NOT NULL,
  activity_id  bigint NOT NULL UNIQUE,
  type         integer NOT NULL CHECK (type BETWEEN 1 AND 6),
  created_at   timestamptz NOT NULL,
  next_at      timestamptz NOT NULL DEFAULT now(),
  attempts     integer NOT NULL DEFAULT 0,
  done_at      timestamptz
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX outbox_pending ON outbox (seq) WHERE done_at IS NULL;
