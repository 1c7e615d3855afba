-- Scaling configurations, groups, their policies, members and notifications.

CREATE TABLE scaling_configuration (
  id                         bigint PRIMARY KEY CHECK (id > 0),
  account_id                 text NOT NULL REFERENCES account (id),
  name                       text NOT NULL,
  image_id                   text NOT NULL,
  instance_types             text[] NOT NULL,
  charge_type                text NOT NULL,
  project_id                 bigint NOT NULL,
  sealed_password            bytea,
  key_ids                    text[] NOT NULL,
  keep_image_login           boolean NOT NULL,
  data_disk_gb               integer,
  data_disks                 jsonb NOT NULL,
  system_disk                jsonb NOT NULL,
  address                    jsonb NOT NULL,
  instance_name              text NOT NULL,
  instance_name_suffix       text NOT NULL,
  instance_name_time_suffix  boolean NOT NULL,
  sealed_user_data           bytea,
  tags                       jsonb NOT NULL,
  need_monitor_agent         integer,
  need_security_agent        integer,
  sync_tag                   boolean,
  login_set_after            boolean,
  ip_bind_after              boolean,
  instance_name_random       boolean,
  create_time                timestamptz NOT NULL,
  version                    bigint NOT NULL,
  cpu                        integer NOT NULL,
  memory_gb                  integer NOT NULL,
  gpu                        integer NOT NULL,
  zones                      text[] NOT NULL,
  UNIQUE (account_id, id)
);
CREATE INDEX scaling_configuration_list ON scaling_configuration (account_id, create_time, id);

CREATE TABLE scaling_group (
  id                     bigint PRIMARY KEY CHECK (id > 0),
  account_id             text NOT NULL REFERENCES account (id),
  shard                  smallint NOT NULL CHECK (shard BETWEEN 0 AND 255),
  name                   text NOT NULL,
  status                 text NOT NULL CHECK (status IN ('Active', 'UnActive')),
  min_size               integer NOT NULL CHECK (min_size >= 0),
  max_size               integer NOT NULL,
  desired_capacity       integer NOT NULL,
  cause_kind             text NOT NULL,
  cause_text             text NOT NULL,
  cause_policy_id        bigint,
  cause_cooldown_us      bigint NOT NULL CHECK (cause_cooldown_us >= 0),
  configuration_id       bigint NOT NULL,
  remove_policy          text NOT NULL CHECK (remove_policy IN ('RemoveOldestInstance', 'RemoveNewestInstance')),
  vpc_id                 text NOT NULL,
  subnet_ids             text[] NOT NULL CHECK (cardinality(subnet_ids) > 0),
  subnet_strategy        text NOT NULL CHECK (subnet_strategy IN ('balanced-distribution', 'choice-first')),
  security_group_ids     text[] NOT NULL,
  slb_configs            jsonb NOT NULL,
  container_subnet_ids   text[] NOT NULL,
  create_time            timestamptz NOT NULL,
  cooldown_until         timestamptz,
  capacity_added_at      timestamptz,
  membership_changed_at  timestamptz,
  delete_requested_at    timestamptz,
  failed_in_a_row        integer NOT NULL CHECK (failed_in_a_row >= 0),
  retry_not_before       timestamptz,
  version                bigint NOT NULL,
  next_wake_at           timestamptz NOT NULL,
  UNIQUE (account_id, id),
  CHECK (min_size <= desired_capacity AND desired_capacity <= max_size),
  FOREIGN KEY (account_id, configuration_id) REFERENCES scaling_configuration (account_id, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX scaling_group_due ON scaling_group (shard, next_wake_at);
CREATE INDEX scaling_group_shard ON scaling_group (shard, id);
CREATE INDEX scaling_group_list ON scaling_group (account_id, create_time, id);
CREATE INDEX scaling_group_configuration ON scaling_group (account_id, configuration_id);

-- I-9: desired capacity changes only together with its cause, and every change leaves a row that
-- names it. Failure handling that lowered desired would keep the old cause, and is refused here.
CREATE TABLE desired_change (
  group_id    bigint NOT NULL REFERENCES scaling_group (id) ON DELETE CASCADE,
  account_id  text NOT NULL REFERENCES account (id),
  changed_at  timestamptz NOT NULL,
  before      integer,
  after       integer NOT NULL,
  cause_kind  text NOT NULL,
  cause_text  text NOT NULL,
  policy_id   bigint
);
CREATE INDEX desired_change_group ON desired_change (group_id, changed_at);

CREATE FUNCTION record_desired_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  was integer;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.desired_capacity = OLD.desired_capacity THEN
      RETURN NULL;
    END IF;
    IF (NEW.cause_kind, NEW.cause_text, NEW.cause_policy_id)
       IS NOT DISTINCT FROM (OLD.cause_kind, OLD.cause_text, OLD.cause_policy_id) THEN
      RAISE EXCEPTION 'desired capacity of group % changed without a cause', NEW.id
        USING ERRCODE = 'AC001';
    END IF;
    was := OLD.desired_capacity;
  END IF;
  INSERT INTO desired_change
  VALUES (NEW.id, NEW.account_id, clock_timestamp(), was, NEW.desired_capacity,
          NEW.cause_kind, NEW.cause_text, NEW.cause_policy_id);
  RETURN NULL;
END
$$;
CREATE TRIGGER scaling_group_desired AFTER INSERT OR UPDATE OF desired_capacity ON scaling_group
  FOR EACH ROW EXECUTE FUNCTION record_desired_change();

CREATE SEQUENCE policy_id_sequence START 10000001;

CREATE TABLE scaling_policy (
  id                bigint PRIMARY KEY,
  account_id        text NOT NULL,
  group_id          bigint NOT NULL,
  name              text NOT NULL,
  dimension         text NOT NULL,
  comparison        text NOT NULL,
  statistic         text NOT NULL,
  threshold         double precision NOT NULL,
  repeat_times      integer NOT NULL CHECK (repeat_times BETWEEN 1 AND 10),
  period_us         bigint NOT NULL CHECK (period_us > 0),
  adjustment_type   text NOT NULL,
  adjustment_value  integer NOT NULL,
  cooldown_us       bigint NOT NULL CHECK (cooldown_us >= 0),
  create_time       timestamptz NOT NULL,
  edited_at         timestamptz NOT NULL,
  version           bigint NOT NULL,
  FOREIGN KEY (account_id, group_id) REFERENCES scaling_group (account_id, id) ON DELETE CASCADE
);
CREATE INDEX scaling_policy_list ON scaling_policy (group_id, create_time, id);

-- The run of judged periods of a policy: a restart neither re-fires nor forgets (I-16).
CREATE TABLE policy_run (
  policy_id  bigint PRIMARY KEY REFERENCES scaling_policy (id) ON DELETE CASCADE,
  periods    jsonb NOT NULL,
  saved_at   timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

-- Each (policy, window end) is decided once. No key to the policy: the record outlives it.
CREATE TABLE decision (
  policy_id       bigint NOT NULL,
  window_end      timestamptz NOT NULL,
  account_id      text NOT NULL,
  group_id        bigint NOT NULL,
  decided_at      timestamptz NOT NULL,
  reason          text NOT NULL,
  desired_before  integer NOT NULL,
  desired_wanted  integer NOT NULL,
  desired_after   integer NOT NULL,
  policy          jsonb NOT NULL,
  periods         jsonb NOT NULL,
  PRIMARY KEY (policy_id, window_end),
  FOREIGN KEY (account_id, group_id) REFERENCES scaling_group (account_id, id) ON DELETE CASCADE
);
CREATE INDEX decision_list ON decision (group_id, decided_at);

CREATE TABLE scaling_instance (
  account_id            text NOT NULL,
  group_id              bigint NOT NULL,
  instance_id           text NOT NULL CHECK (instance_id <> ''),
  name                  text NOT NULL,
  host_name             text NOT NULL,
  life_cycle            text NOT NULL CHECK (life_cycle IN
                          ('Pending', 'InService', 'Attaching', 'Detaching', 'Terminating', 'Closed')),
  health                text NOT NULL CHECK (health IN ('Healthy', 'UnHealthy')),
  creation_type         text NOT NULL CHECK (creation_type IN ('Auto', 'Manual')),
  subnet_id             text NOT NULL,
  zone                  text NOT NULL,
  instance_type         text NOT NULL,
  private_ip            text NOT NULL,
  network_interface_id  text NOT NULL,
  project_id            bigint NOT NULL,
  is_protected          boolean NOT NULL,
  activity_id           bigint,
  registrations         jsonb NOT NULL,
  add_time              timestamptz NOT NULL,
  in_service_at         timestamptz,
  closed_at             timestamptz,
  PRIMARY KEY (account_id, group_id, instance_id),
  FOREIGN KEY (account_id, group_id) REFERENCES scaling_group (account_id, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
-- An instance is an unclosed member of one group at most.
CREATE UNIQUE INDEX scaling_instance_unclosed ON scaling_instance (account_id, instance_id)
  WHERE life_cycle <> 'Closed';
CREATE INDEX scaling_instance_list ON scaling_instance (group_id, add_time, instance_id)
  WHERE life_cycle <> 'Closed';

CREATE TABLE scaling_notification (
  group_id    bigint PRIMARY KEY,
  id          bigint NOT NULL UNIQUE,
  account_id  text NOT NULL,
  types       integer[] NOT NULL CHECK (types <@ ARRAY[1, 2, 3, 4, 5, 6]),
  FOREIGN KEY (account_id, group_id) REFERENCES scaling_group (account_id, id) ON DELETE CASCADE
);
