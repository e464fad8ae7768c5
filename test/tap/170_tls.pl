# SPDX-License-Identifier: PostgreSQL
# Connections by TLS with certificates on both sides, as docs/operations.md shows them, and that no
# secret of ours gets into the log.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use QuantCluster;
use Test::More;

plan skip_all => 'no openssl' if system('openssl version >/dev/null 2>&1') != 0;

my $place = PostgreSQL::Test::Utils::tempdir();
sub openssl { IPC::Run::run([ 'openssl', @_ ], '>', '/dev/null', '2>&1') or BAIL_OUT("openssl @_"); return; }

# An authority of our own, a certificate of the server and one of each role.
openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', 30, '-subj', '/CN=trading authority', '-keyout', "$place/ca.key", '-out', "$place/ca.crt");
openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', 30, '-subj', '/CN=stranger', '-keyout', "$place/other.key", '-out', "$place/other.crt");
for my $name ('localhost', 'ann_login', 'ben_login')
{
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', "/CN=$name", '-keyout', "$place/$name.key", '-out', "$place/$name.csr");
  openssl('x509', '-req', '-days', 30, '-in', "$place/$name.csr", '-CA', "$place/ca.crt", '-CAkey', "$place/ca.key", '-CAcreateserial', '-out', "$place/$name.crt");
  chmod 0600, "$place/$name.key";
}

my $node = start_node('main', conf => "listen_addresses = '127.0.0.1'\n");
create_platform($node, 'platform');
$node->safe_psql('platform', <<'SQL');
CREATE ROLE ann_login LOGIN;
CREATE ROLE ben_login LOGIN;
SELECT quant.grant_access(r, 'trader') FROM unnest('{ann_login, ben_login}'::name[]) r;
UPDATE trading.users SET database_role = username || '_login';
SQL
like($node->safe_psql('platform', q(SELECT string_agg(finding, ',') FROM quant.check_security() WHERE finding = 'no TLS')), qr/^$/, 'localhost alone needs no TLS');

$node->append_conf('postgresql.conf', <<CONF);
ssl = on
ssl_min_protocol_version = 'TLSv1.2'
ssl_cert_file = '$place/localhost.crt'
ssl_key_file = '$place/localhost.key'
ssl_ca_file = '$place/ca.crt'
log_min_messages = info
log_min_error_statement = panic
log_connections = on
CONF
my $hba = $node->data_dir . '/pg_hba.conf';
unlink $hba;
append_to_file($hba, "local all all trust\nhostssl all all all cert\nhostnossl all all all reject\n");
$node->restart;

sub connect_as
{
  my ($user, $options, $sql) = @_;
  my ($output, $errors) = ('', '');
  my $port = $node->port;
  IPC::Run::run([ $node->installed_command('psql'), '-XAtq', '-d', "host=localhost hostaddr=127.0.0.1 port=$port dbname=platform user=$user $options", '-c', $sql ],
    '<', \undef, '>', \$output, '2>', \$errors);
  chomp $output;
  return $output . ($errors =~ /(?:FATAL|error):\s+(.*)/s ? "error: $1" : '');
}
my $verified = "sslmode=verify-full sslrootcert=$place/ca.crt";
sub certificate { return " sslcert=$place/$_[0].crt sslkey=$place/$_[0].key"; }
my $who = 'SELECT current_user, ssl, count(p.id) FROM pg_stat_ssl s, trading.portfolios p WHERE s.pid = pg_backend_pid() GROUP BY 1, 2';
like(connect_as('ann_login', $verified . certificate('ann_login'), $who), qr/^ann_login\|t\|[1-9]/, 'with her certificate ann sees her portfolios');
is(connect_as('ben_login', $verified . certificate('ben_login'), $who), '', 'ben, who has none, sees none');
like(connect_as('ben_login', $verified . certificate('ann_login'), $who), qr/^error: .*certificate authentication failed/, 'her certificate is not his');
like(connect_as('ann_login', $verified, $who), qr/^error: .*requires a valid client certificate/, 'no certificate');
like(connect_as('ann_login', 'sslmode=disable', $who), qr/^error: .*pg_hba.conf rejects/, 'no TLS');
like(connect_as('ann_login', "sslmode=verify-full sslrootcert=$place/other.crt" . certificate('ann_login'), $who), qr/certificate verify failed/, 'a server that another authority knows');
is($node->safe_psql('platform', q(SELECT string_agg(finding || ': ' || object, ',') FROM quant.check_security())), 'weak authentication: line 1 of pg_hba.conf', 'the check has nothing to say but of the socket');
append_to_file($hba, "host all all 10.0.0.0/8 md5\n");
$node->reload;
is($node->safe_psql('platform', q(SELECT object FROM quant.check_security() ORDER BY object DESC LIMIT 1)), 'line 4 of pg_hba.conf', 'and of a weak line');

# Secrets.
my $key = $node->safe_psql('platform', q(SELECT encode(secret, 'hex') FROM trading.sign_in_keys ORDER BY id DESC LIMIT 1));
my $token = $node->safe_psql('platform', 'SELECT quant.issue_token(1)');
my ($mac) = $token =~ /([0-9a-f]{64})$/;
my ($error, $errors) = error_of($node, 'platform', "SELECT quant.sign_in('${token}0')");
like($error, qr/^28000: the token is not valid/, 'a wrong token is refused');
unlike($errors =~ s/^LINE.*//mgr, qr/$mac|$key/, 'and the error repeats neither it nor the key');
$node->safe_psql('platform', 'SELECT quant.db_test(), quant.health(), quant.db_status()');
unlike(slurp_file($node->logfile), qr/$mac|$key/, 'nor does the log have either');
done_testing();
