/**
 * The part of Brine's tracking that brings back what materialized views hold: one that was refreshed is refreshed once
 * more when the tables are as they were. When it does not hold then what it held (it had not been refreshed since its
 * tables were written), nothing but a new clone helps: a materialized view cannot be written to.
 */
export const materializedSql = `
-- populated: what it held is in brine.base_<oid>; file: a refresh makes a new one
CREATE TABLE brine.materialized (relid oid PRIMARY KEY, populated boolean NOT NULL, file oid NOT NULL);

-- Makes what they hold the baseline: of new ones, and of those that were refreshed.
CREATE FUNCTION brine.remember_materialized(refreshed oid[]) RETURNS void LANGUAGE plpgsql AS $remember_materialized$
DECLARE
  m record;
BEGIN
  DELETE FROM brine.materialized b WHERE b.relid = ANY (refreshed)
    OR NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = b.relid AND c.relfilenode = b.file);
  FOR m IN
    SELECT r.oid, r.name, c.relispopulated, c.relfilenode FROM brine.own_relation r JOIN pg_class c ON c.oid = r.oid
    WHERE r.relkind = 'm' AND NOT EXISTS (SELECT FROM brine.materialized b WHERE b.relid = r.oid)
  LOOP
    INSERT INTO brine.materialized VALUES (m.oid, m.relispopulated, m.relfilenode);
    EXECUTE 'DROP TABLE IF EXISTS brine.base_' || m.oid;
    IF m.relispopulated THEN
      EXECUTE format('CREATE TABLE brine.base_%s AS SELECT t::text AS row FROM %s t', m.oid, m.name);
    END IF;
  END LOOP;
END $remember_materialized$;

-- Gives those that a refresh does not bring back.
CREATE FUNCTION brine.restore_materialized(refreshed oid[]) RETURNS text[] LANGUAGE plpgsql AS $restore_materialized$
DECLARE
  m record;
  same boolean;
  stale text[] := '{}';
BEGIN
  FOR m IN
    SELECT b.relid, b.populated, r.name FROM brine.materialized b JOIN brine.own_relation r ON r.oid = b.relid
      JOIN pg_class c ON c.oid = b.relid
    WHERE b.relid = ANY (refreshed) OR c.relfilenode <> b.file ORDER BY b.relid
  LOOP
    EXECUTE format('REFRESH MATERIALIZED VIEW %s WITH %s', m.name, CASE WHEN m.populated THEN 'DATA' ELSE 'NO DATA' END);
    UPDATE brine.materialized b SET file = c.relfilenode FROM pg_class c WHERE c.oid = b.relid AND b.relid = m.relid;
    CONTINUE WHEN NOT m.populated;
    EXECUTE format('SELECT NOT EXISTS ((SELECT t::text FROM %1$s t EXCEPT ALL SELECT row FROM %2$s) UNION ALL (SELECT row FROM %2$s EXCEPT ALL SELECT t::text FROM %1$s t))',
      m.name, 'brine.base_' || m.relid) INTO same;
    IF NOT same THEN stale := stale || format('materialized view %s was refreshed, and did not hold what a refresh gives', m.name); END IF;
  END LOOP;
  RETURN stale;
END $restore_materialized$;
`;
