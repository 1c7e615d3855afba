"""A whole region on one machine: PostgreSQL, cloudsim, engine and gateway on loopback, and a scenario to watch."""
