# SPDX-License-Identifier: PostgreSQL
# Regular jobs with a real pg_cron: what is missing is told step by step, the jobs are registered once,
# run as they are due, and tell how they fared.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

my $node = start_node('main');
create_platform($node, 'platform');
plan skip_all => 'no pg_cron'
  if $node->safe_psql('platform', q(SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron')) eq '0';

my @schedule = ($node, 'platform', 'SELECT * FROM quant.schedule_jobs()');
is_error(@schedule, qr/^55000: jobs cannot be scheduled: pg_cron is not ready/, 'without pg_cron it is an error');
is($node->safe_psql('platform', q(SELECT string_agg(m, '|') FROM unnest(quant.missing_for_jobs()) m)),
  'pg_cron is not loaded: add it to shared_preload_libraries and restart the server|'
  . 'the extension is not created here: CREATE EXTENSION pg_cron', 'which says what is missing');
is($node->safe_psql('platform', 'SELECT quant.unschedule_jobs()'), '0', 'nothing is there to be removed');

$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pg_cron'
cron.database_name = 'postgres'
cron.use_background_workers = on
max_worker_processes = 20
CONF
$node->restart;
is($node->safe_psql('platform', q(SELECT string_agg(m, '|') FROM unnest(quant.missing_for_jobs()) m)),
  'pg_cron works in database "postgres": set cron.database_name to "platform" and restart the server|'
  . 'the extension is not created here: CREATE EXTENSION pg_cron', 'one that works elsewhere is told');
$node->append_conf('postgresql.conf', q(cron.database_name = 'platform'));
$node->restart;
$node->safe_psql('platform', 'CREATE EXTENSION pg_cron');
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');

my $jobs = <<'JOBS';
data_checks|45 0 * * *|CALL quant.run_job('data_checks')
log_purge|15 1 * * 0|CALL quant.run_job('log_purge')
partitions|5 * * * *|CALL quant.maintain_partitions()
risk_metrics|30 0 * * *|CALL quant.run_job('risk_metrics')
JOBS
chomp $jobs;
is($node->safe_psql('platform', 'SELECT * FROM quant.schedule_jobs() ORDER BY job'), $jobs, "the jobs are registered, time $_") for 1 .. 2;
is($node->safe_psql('platform', q(SELECT count(*), count(DISTINCT jobname) FROM cron.job WHERE jobname LIKE 'quant%')), '4|4', 'once each');
is($node->safe_psql('platform', 'SELECT bool_and(is_scheduled), bool_and(age IS NULL) FROM quant.jobs()'), 't|t', 'and listed, with no success yet');

# A portfolio whose risk cannot be computed: its job fails, and the log says why.
$node->safe_psql('platform', <<'SQL');
INSERT INTO trading.users (username, email, password_hash) VALUES ('jobs', 'jobs@example.com', 'x');
INSERT INTO trading.risk_profiles (user_id) SELECT id FROM trading.users WHERE username = 'jobs';
INSERT INTO trading.portfolios (user_id, name, portfolio_type, initial_capital)
SELECT id, 'empty', 'paper', 1000 FROM trading.users WHERE username = 'jobs';
INSERT INTO trading.assets (symbol) VALUES ('NOBARS');
INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price, current_price, opened_at)
SELECT id, 'NOBARS', 1, 1, 1, '2024-01-01' FROM trading.portfolios WHERE name = 'empty';
INSERT INTO trading.maintenance_log (job, action, status, started_at, finished_at)
SELECT 'data_checks', 'run', 'succeeded', now() - d * interval '100 days', now() - d * interval '100 days' FROM generate_series(1, 3) d;
SELECT cron.alter_job(jobid, schedule := '* * * * *') FROM cron.job WHERE jobname LIKE 'quant%';
SQL
wait_until($node, 'platform', q(bool_and(last_started IS NOT NULL AND last_started > now() - interval '1 hour') FROM quant.jobs()));
is($node->safe_psql('platform', <<'SQL'), "data_checks|succeeded\nlog_purge|succeeded\npartitions|succeeded\nrisk_metrics|failed", 'every job has run');
SELECT job, last_status FROM quant.jobs() ORDER BY job
SQL
like($node->safe_psql('platform', q(SELECT last_message FROM quant.jobs() WHERE job = 'risk_metrics')),
  qr/1 failed: portfolio \d+: value at risk needs/, 'the failed one tells of which portfolio and why');
is($node->safe_psql('platform', q(SELECT age IS NULL FROM quant.jobs() WHERE job = 'risk_metrics')), 't', 'and has no success');
is($node->safe_psql('platform', q(SELECT bool_and(age < interval '5 minutes') FROM quant.jobs() WHERE job <> 'risk_metrics')), 't', 'the others have an age');
is($node->safe_psql('platform', q(SELECT count(*) < 2 FROM trading.maintenance_log WHERE job = 'data_checks' AND started_at < now() - interval '90 days')), 't',
  'of what is old in the log at most the newest of its kind is left');
is($node->safe_psql('platform', q(SELECT bool_or(status = 'failed') FROM cron.job_run_details d JOIN cron.job j USING (jobid) WHERE jobname = 'quant_risk_metrics')), 't',
  'pg_cron knows of the failure too');
# Where it cannot connect it keeps no time.
$node->safe_psql('platform', q(INSERT INTO cron.job_run_details (jobid, runid, database, status, return_message)
  SELECT j.jobid, 1000000, current_database(), 'failed', 'connection failed' FROM cron.job j WHERE j.jobname = 'quant_log_purge'));
is($node->safe_psql('platform', q(SELECT concat(last_status, ' ', last_message) FROM quant.jobs() WHERE job = 'log_purge')), 'failed pg_cron: connection failed',
  'a job that pg_cron could not connect for has failed');
is($node->safe_psql('platform', 'SELECT quant.unschedule_jobs()'), '4', 'they can be removed');
is($node->safe_psql('platform', 'SELECT bool_or(is_scheduled) FROM quant.jobs()'), 'f', 'and are listed as such');
is_error($node, 'platform', q(BEGIN; CALL quant.run_job('log_purge'); CALL quant.run_job('risk_metrics');), qr/^2D000|^55000/,
  'in a transaction block a failure cannot be kept');
is_error($node, 'platform', q(CALL quant.run_job('backup')), qr/^42704: there is no job "backup"/, 'an unknown job is an error');
is_error($node, 'platform', q(SELECT quant.purge_logs('-1 day')), qr/^22023/, 'as is a negative age');
stayed_up($node, $started);
done_testing();
