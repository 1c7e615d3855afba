-- Activities: open ones with their slots, launch intents, and the history that nothing changes.

-- The primary key is the group: at most one activity is open (I-13).
CREATE TABLE activity_open (
  group_id              bigint PRIMARY KEY,
  id                    bigint NOT NULL UNIQUE,
  account_id            text NOT NULL,
  type                  text NOT NULL,
  cause_kind            text NOT NULL,
  cause_text            text NOT NULL,
  cause_policy_id       bigint,
  cause_cooldown_us     bigint NOT NULL,
  description           text NOT NULL,
  start_time            timestamptz NOT NULL,
  deadline              timestamptz NOT NULL,
  error_code            integer NOT NULL,
  succeeded             text[] NOT NULL,
  failed                text[] NOT NULL,
  sealed_configuration  bytea,
  slb_configs           jsonb NOT NULL,
  security_group_ids    text[] NOT NULL,
  FOREIGN KEY (account_id, group_id) REFERENCES scaling_group (account_id, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

CREATE TABLE activity_slot (
  activity_id           bigint NOT NULL REFERENCES activity_open (id) ON DELETE CASCADE,
  number                integer NOT NULL,
  account_id            text NOT NULL REFERENCES account (id),
  state                 text NOT NULL,
  creation_type         text NOT NULL,
  subnet_id             text NOT NULL,
  instance_type         text NOT NULL,
  intent_id             text NOT NULL,
  tried                 jsonb NOT NULL,
  sent_at               timestamptz,
  negative_lookups      integer NOT NULL,
  instance_id           text NOT NULL,
  instance_name         text NOT NULL,
  host_name             text NOT NULL,
  private_ip            text NOT NULL,
  network_interface_id  text NOT NULL,
  zone                  text NOT NULL,
  project_id            bigint NOT NULL,
  registrations         jsonb NOT NULL,
  must_list             boolean NOT NULL,
  absent_reads          integer NOT NULL,
  attempts              integer NOT NULL,
  launches              integer NOT NULL,
  state_since           timestamptz NOT NULL,
  wake_at               timestamptz,
  failure               text NOT NULL,
  failure_words         text NOT NULL,
  PRIMARY KEY (activity_id, number)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

-- One RunInstances of one instance each, committed before it is sent (I-7). No key to the group:
-- the sweeper of orphans needs intents of groups that are gone, too.
CREATE TABLE launch_intent (
  id              text PRIMARY KEY CHECK (id <> ''),
  account_id      text NOT NULL REFERENCES account (id),
  group_id        bigint NOT NULL,
  activity_id     bigint NOT NULL,
  slot            integer NOT NULL,
  state           text NOT NULL CHECK (state IN
                    ('Prepared', 'Sent', 'Accepted', 'Rejected', 'Unknown', 'Adopted', 'Abandoned')),
  subnet_id       text NOT NULL,
  instance_type   text NOT NULL,
  sent_at         timestamptz,
  send_not_after  timestamptz,
  launch_name     text NOT NULL,
  project_id      bigint NOT NULL,
  shard           smallint NOT NULL CHECK (shard BETWEEN 0 AND 255),
  instance_id     text NOT NULL,
  outcome         text NOT NULL,
  prepared_at     timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX launch_intent_unresolved ON launch_intent (group_id)
  WHERE state IN ('Prepared', 'Sent', 'Unknown');
CREATE INDEX launch_intent_ended ON launch_intent (shard, id)
  WHERE state IN ('Sent', 'Unknown');

CREATE TABLE activity_history (
  id                 bigint NOT NULL,
  group_id           bigint NOT NULL,
  account_id         text NOT NULL REFERENCES account (id),
  type               text NOT NULL,
  status             text NOT NULL CHECK (status IN ('Succeeded', 'Failed', 'Cancelled')),
  cause_kind         text NOT NULL,
  cause_text         text NOT NULL,
  cause_policy_id    bigint,
  cause_cooldown_us  bigint NOT NULL,
  description        text NOT NULL,
  start_time         timestamptz NOT NULL,
  end_time           timestamptz NOT NULL,
  deadline           timestamptz NOT NULL,
  error_code         integer NOT NULL,
  succeeded          text[] NOT NULL,
  failed             text[] NOT NULL,
  slb_configs        jsonb NOT NULL,
  security_group_ids text[] NOT NULL,
  PRIMARY KEY (id, start_time)
) PARTITION BY RANGE (start_time);
CREATE INDEX activity_history_list ON activity_history (group_id, start_time, id);

-- Catches what no month is made for; empty as long as the migrator runs at least every other month.
CREATE TABLE activity_history_other PARTITION OF activity_history DEFAULT;

-- Makes the partition of a month, unless it is there. Rows that the default partition already has
-- of that month stay there, and so does the month.
CREATE FUNCTION add_history_month(month date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
  next timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
  EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF activity_history FOR VALUES FROM (%L) TO (%L)',
                 'activity_history_' || to_char(month, 'YYYYMM'), first, next);
EXCEPTION WHEN check_violation THEN
  NULL;
END
$$;

-- A terminal row never changes; retention drops whole partitions.
CREATE FUNCTION refuse_history_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'activity history never changes' USING ERRCODE = 'AC002';
END
$$;
CREATE TRIGGER activity_history_rows BEFORE UPDATE OR DELETE ON activity_history
  FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER activity_history_truncate BEFORE TRUNCATE ON activity_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();
