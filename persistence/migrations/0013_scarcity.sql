-- Out of stock, and launches that fail for good.

-- Pairs that were out of stock; of an empty type: the subnet has no free address. A rest that has
-- ended stays for a while, since the next one is longer.
CREATE TABLE pair_rest (
  account_id     text NOT NULL REFERENCES account (id),
  subnet_id      text NOT NULL,
  instance_type  text NOT NULL,
  since          timestamptz NOT NULL,
  rest_until     timestamptz NOT NULL,
  failures       integer NOT NULL CHECK (failures > 0),
  PRIMARY KEY (account_id, subnet_id, instance_type)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

-- What the cloud refused a slot's launches for, by pair.
ALTER TABLE activity_slot ADD COLUMN refusals jsonb NOT NULL DEFAULT '[]';

-- The launch breaker: a probe that is due means that launches are paused.
ALTER TABLE scaling_group
  ADD COLUMN launch_errors_in_a_row integer NOT NULL DEFAULT 0
    CHECK (launch_errors_in_a_row >= 0),
  ADD COLUMN launch_probe_at timestamptz;
