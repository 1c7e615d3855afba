-- When a member turned UnHealthy; null while it is Healthy.
ALTER TABLE scaling_instance ADD COLUMN unhealthy_since timestamptz;
