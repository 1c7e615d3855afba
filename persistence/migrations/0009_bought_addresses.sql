-- Elastic IPs bought with launches, data disks that outlive their instance, zones of groups.
--
-- `address` is null where none was bought; its allocation id is empty until it was seen.
ALTER TABLE scaling_instance
  ADD COLUMN address          jsonb,
  ADD COLUMN surviving_disks  text[] NOT NULL DEFAULT '{}';
ALTER TABLE activity_slot
  ADD COLUMN address          jsonb,
  ADD COLUMN surviving_disks  text[] NOT NULL DEFAULT '{}';
-- What a late arrival's address must be looked for with; null where the launch buys none.
ALTER TABLE launch_intent
  ADD COLUMN address_project_id  bigint;

-- Availability zone of the first subnet, for answers that show it.
ALTER TABLE scaling_group
  ADD COLUMN zone  text NOT NULL DEFAULT '';
