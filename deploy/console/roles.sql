-- Who may do what in the console's PostgreSQL database: its owner changes tables, the console reads and writes rows
-- and never an act of the trail, a reader (supervision, an audit) reads. As a superuser, in the console's database, and
-- again after each upgrade (doing it twice is harmless):
--
--   psql -d kiosk -v owner=kiosk_owner -v app=kiosk_console -v reader=kiosk_reader -f roles.sql
--
-- Passwords are set beside (\password), one each. The keys' database (keys_database) is treated the same.
\set ON_ERROR_STOP on
SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', name)
  FROM unnest(ARRAY[:'owner', :'app', :'reader']) AS name
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I, %I, %I', current_database(), :'owner', :'app', :'reader') \gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :"owner";
GRANT USAGE ON SCHEMA public TO :"app", :"reader";

-- What stands there belongs to the owner, whoever made it.
SELECT format('ALTER TABLE %I OWNER TO %I', tablename, :'owner') FROM pg_tables WHERE schemaname = 'public' \gexec
SELECT format('ALTER ROUTINE %s OWNER TO %I', oid::regprocedure, :'owner')
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace \gexec

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";
GRANT SELECT ON ALL TABLES IN SCHEMA public TO :"reader";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT ON TABLES TO :"reader";
-- What is erased goes from the pages too (VACUUM): from PostgreSQL 17 on the console may do that; before, autovacuum does.
SELECT format('GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO %I', :'app')
  WHERE current_setting('server_version_num')::int >= 170000 \gexec

-- A reader has no fingerprints of visits: PostgreSQL gives rows in the order in which they came, as visits did.
SELECT format('REVOKE SELECT ON %I FROM %I', tablename, :'reader')
  FROM pg_tables WHERE schemaname = 'public' AND tablename = 'console_visitindex' \gexec

-- The trail only grows, and only who owns the tables says which migrations they have had.
SELECT format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM %I', tablename, :'app')
  FROM pg_tables WHERE schemaname = 'public' AND tablename = 'console_auditentry' \gexec
SELECT format('REVOKE INSERT, UPDATE, DELETE ON %I FROM %I', tablename, :'app')
  FROM pg_tables WHERE schemaname = 'public' AND tablename = 'django_migrations' \gexec
