"""Networks of keys: what may be written, what disguises are seen through, who is let in."""

from __future__ import annotations

import pytest

from apikeys.errors import NetworkInvalid
from apikeys.services import networks


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7/32", "192.0.2.7"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("10.1.0.0/16", "10.1.0.0/16"),
        ("2001:DB8::/48", "2001:db8::/48"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
    ],
)
def test_a_network_is_kept_in_canonical_text(written, canonical):
    assert networks.normalise([written, written.upper()]) == [canonical]


@pytest.mark.parametrize(
    "written",
    [
        "0.0.0.0", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.1.0.0/15", "0.1.2.3", "::", "::/0",
        "::/1", "8000::/1", "2000::/3", "::ffff:0.0.0.0", "::ffff:1.2.3.4", "::ffff:0:0/96", "::ffff:102:304", "::1.2.3.4",
        "64:ff9b::1.2.3.4", "2002:0102:0304::/48", "2001:0::1", "224.0.0.1", "255.255.255.255", "240.0.0.0/16", "ff02::1",
        "192.0.2.7/24", "192.0.2.0/255.255.255.0", "192.0.2.0/0.0.0.255", "192.0.2.0/024", "192.0.2.0/+24", "192.0.2.0/",
        "192.0.2.0/33", "192.0.2", "192.0.2.007", "3232235777", "0x7f000001", "192.0.2.7 ", " 192.0.2.7", "１９２.0.2.7",
        "192.0.2.7\n", "192.0.2.7\x00", "fe80::1%eth0", "[2001:db8::1]", "localhost", "*", "192.0.2.*", "", "/", "a/b",
        "192.0.2.1-192.0.2.9", "192.0.2.1,192.0.2.2", "192.0.2.7:80",
    ],
)  # fmt: skip
def test_what_is_no_narrow_network_of_senders_is_refused(written):
    with pytest.raises(NetworkInvalid) as refused:
        networks.normalise(["192.0.2.7", written])
    assert refused.value.field == "networks"


@pytest.mark.parametrize(
    ("bound", "ip", "allowed"),
    [
        ([], "203.0.113.9", True),
        ([], "0.0.0.0", True),
        (["192.0.2.7"], "192.0.2.7", True),
        (["192.0.2.7"], "192.0.2.8", False),
        (["192.0.2.0/24"], "192.0.2.255", True),
        (["192.0.2.0/24"], "192.0.3.0", False),
        (["192.0.2.7", "2001:db8::/48"], "2001:db8:0:ffff::1", True),
        (["192.0.2.7", "2001:db8::/48"], "2001:db8:1::1", False),
        (["192.0.2.7"], "::ffff:192.0.2.8", False),
        (["192.0.2.7"], "0.0.0.0", False),
    ],
)
def test_only_senders_in_one_of_the_networks_are_let_in(bound, ip, allowed):
    assert networks.allows(bound, ip) is allowed
