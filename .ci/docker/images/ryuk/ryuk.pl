#!/usr/bin/perl
# A reaper that speaks testcontainers' protocol, in Perl without modules from CPAN. A client connects to port 8080 and
# writes lines  label=KEY=VALUE[&label=...] ; each is answered with "ACK\n". When the last client has been gone for
# RYUK_RECONNECTION_TIMEOUT (10s), every container, network, volume and image that matches a line is removed.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;

$| = 1;
$SIG{TERM} = $SIG{INT} = sub { exit 0 };

my $connection_timeout   = seconds($ENV{RYUK_CONNECTION_TIMEOUT},   60);
my $reconnection_timeout = seconds($ENV{RYUK_RECONNECTION_TIMEOUT}, 10);
my $self = $ENV{HOSTNAME} // '-';    # never removed
my %filters;

sub seconds {
    my ($text, $default) = @_;
    return $default unless defined $text && $text =~ /^([\d.]+)(ms|s|m)?$/;
    return $1 * { ms => 0.001, s => 1, m => 60 }->{ $2 // 's' };
}

# Paths have no version: each engine then takes its own, and there is none that all engines still speak.
sub api {
    my ($method, $path) = @_;
    my $socket = IO::Socket::UNIX->new(Peer => '/var/run/docker.sock') or die "docker.sock: $!";
    print $socket "$method $path HTTP/1.0\r\nHost: docker\r\n\r\n";
    local $/;
    my $response = <$socket> // '';
    my ($status) = $response =~ m{^HTTP/\S+ (\d+)};
    $response =~ s/^.*?\r\n\r\n//s;
    return ($status // 0, $response);
}

sub quoted { my $text = shift; $text =~ s/(["\\])/\\$1/g; return qq("$text") }

sub escaped { my $text = shift; $text =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ge; return $text }

sub filter_of {
    my @labels = map { s/^label=//r } grep { /^label=/ } split /&/, shift;
    return @labels ? escaped('{"label":[' . join(',', map { quoted($_) } @labels) . ']}') : undef;
}

sub remove_all {
    my ($list, $pattern, $path_of) = @_;
    my ($status, $body) = api('GET', $list);
    my $removed = 0;
    for my $id (grep { index($_, $self) != 0 } $body =~ /$pattern/g) {
        my ($answer) = api('DELETE', $path_of->($id));
        $removed++ if $answer < 300;
    }
    return $removed;
}

sub prune {
    my %removed;
    for my $filter (grep { defined } map { filter_of($_) } sort keys %filters) {
        $removed{containers} += remove_all("/containers/json?all=1&filters=$filter", qr/"Id":"([0-9a-f]{64})"/,
            sub { "/containers/$_[0]?force=1&v=1" });
        $removed{networks} += remove_all("/networks?filters=$filter", qr/"Id":"([0-9a-f]{64})"/, sub { "/networks/$_[0]" });
        $removed{volumes} += remove_all("/volumes?filters=$filter", qr/"Name":"([^"]+)"/, sub { "/volumes/$_[0]?force=1" });
        $removed{images} += remove_all("/images/json?filters=$filter", qr/"Id":"(sha256:[0-9a-f]{64})"/,
            sub { "/images/$_[0]?force=1" });
    }
    print 'Removed ', join(', ', map { "$removed{$_} $_" } sort keys %removed), "\n";
}

my ($ping) = api('GET', '/_ping');
die "Docker cannot be reached ($ping)\n" unless $ping == 200;
my $server = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 8080, Listen => 50, ReuseAddr => 1)
    or die "listen: $!";
my $select = IO::Select->new($server);
my %received;
my $deadline = time + $connection_timeout;
print "Started!\n";
while (1) {
    for my $socket ($select->can_read(0.25)) {
        if ($socket == $server) {
            my $client = $server->accept or next;
            $select->add($client);
            $received{$client} = '';
            undef $deadline;
            next;
        }
        if (!sysread $socket, my $data, 65536) {
            $select->remove($socket);
            delete $received{$socket};
            close $socket;
            $deadline = time + $reconnection_timeout unless %received;
        }
        else {
            $received{$socket} .= $data;
            while ($received{$socket} =~ s/^(.*?)\r?\n//) {
                next unless length $1;
                $filters{$1} = 1;
                print "Adding $1\n";
                syswrite $socket, "ACK\n";
            }
        }
    }
    if (defined $deadline && time >= $deadline) { prune(); exit 0 }
}
