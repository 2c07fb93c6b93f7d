# Hashes of lists of texts, built, matched, sorted and dropped.
use strict;
use warnings;

my %lists;
for my $i (1 .. 300_000) {
    push @{ $lists{ $i * 7919 % 20_011 } }, "x" x ($i % 70) . $i;
}
my $found = 0;
for my $key (sort { $a <=> $b } keys %lists) {
    my @sorted = sort @{ $lists{$key} };
    $found += grep { /x5/ } @sorted;
    my $joined = join ",", @sorted;
    $lists{$key} = [ split /,/, $joined ];
}
delete $lists{$_} for grep { $_ % 3 == 0 } keys %lists;
print scalar(keys %lists), " $found\n";
