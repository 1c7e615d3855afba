-- I-9: what changed desired capacity is as final as an activity's end. Rows only go with their group.
CREATE FUNCTION refuse_cause_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the record of a desired change never changes' USING ERRCODE = 'AC003';
END
$$;
CREATE TRIGGER desired_change_rows BEFORE UPDATE ON desired_change
  FOR EACH ROW EXECUTE FUNCTION refuse_cause_change();
