-- Attach and detach, and the registrations that follow a change of load balancers.

-- The cause of an attach or detach that a user asked for and that has not succeeded yet.
ALTER TABLE scaling_instance ADD COLUMN request_cause text;

-- The back-off of attaches and registrations, apart from that of launches and removals.
ALTER TABLE scaling_group
  ADD COLUMN registrations_failed_in_a_row integer NOT NULL DEFAULT 0
    CHECK (registrations_failed_in_a_row >= 0),
  ADD COLUMN registrations_not_before timestamptz;
