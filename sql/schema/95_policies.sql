-- SPDX-License-Identifier: PostgreSQL
-- Made where they are missing: DROP EXTENSION ... CASCADE takes those with it that call its function,
-- and nobody but the owner sees a row then.
DECLARE
  own record;
BEGIN
  FOR own IN SELECT r.relation, r.visible, r.writable FROM quant.own_rows() r LOOP
    IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'own_rows' AND p.polrelid = ('trading.' || own.relation)::regclass) THEN
      EXECUTE format('CREATE POLICY own_rows ON %s USING (%s)', 'trading.' || own.relation, replace(own.visible, '@', 'trading.'))
        || coalesce(' WITH CHECK (' || replace(own.writable, '@', 'trading.') || ')', '');
    END IF;
  END LOOP;
END;
