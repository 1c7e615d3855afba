-- Scheduled tasks, and a row for each of their due instants that was decided.

-- `next_due_at` is the earliest instant without an occurrence; NULL: the task has ended.
CREATE TABLE scheduled_task (
  id            bigint PRIMARY KEY CHECK (id > 0),
  account_id    text NOT NULL,
  group_id      bigint NOT NULL,
  shard         smallint NOT NULL CHECK (shard BETWEEN 0 AND 255),
  name          text NOT NULL,
  max_size      integer NOT NULL,
  min_size      integer NOT NULL CHECK (min_size >= 0),
  expect_size   integer NOT NULL,
  start_time    timestamptz NOT NULL,
  end_time      timestamptz,
  recurrence    text NOT NULL,
  repeat_unit   text NOT NULL,
  repeat_cycle  text NOT NULL,
  next_due_at   timestamptz,
  create_time   timestamptz NOT NULL,
  version       bigint NOT NULL,
  UNIQUE (account_id, group_id, id),
  CHECK (min_size <= expect_size AND expect_size <= max_size),
  FOREIGN KEY (account_id, group_id) REFERENCES scaling_group (account_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX scheduled_task_list ON scheduled_task (group_id, create_time, id);
CREATE INDEX scheduled_task_due ON scheduled_task (next_due_at, shard) WHERE next_due_at IS NOT NULL;

-- I-17: the key lets no due instant be decided twice, whoever tries.
CREATE TABLE task_occurrence (
  task_id         bigint NOT NULL,
  due_at          timestamptz NOT NULL,
  account_id      text NOT NULL,
  group_id        bigint NOT NULL,
  outcome         text NOT NULL CHECK (outcome IN ('Fired', 'Failed', 'Coalesced', 'Expired', 'Disabled')),
  decided_at      timestamptz NOT NULL,
  desired_before  integer NOT NULL,
  desired_after   integer NOT NULL,
  words           text NOT NULL,
  PRIMARY KEY (task_id, due_at),
  FOREIGN KEY (account_id, group_id, task_id)
    REFERENCES scheduled_task (account_id, group_id, id) ON DELETE CASCADE
);
CREATE INDEX task_occurrence_age ON task_occurrence (decided_at);
