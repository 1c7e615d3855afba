-- Replacements: their back-off, apart from that of everything else, and since when they are held.
ALTER TABLE scaling_group
  ADD COLUMN replacements_failed_in_a_row integer NOT NULL DEFAULT 0
    CHECK (replacements_failed_in_a_row >= 0),
  ADD COLUMN replacements_not_before timestamptz,
  ADD COLUMN replacement_held_since timestamptz;
