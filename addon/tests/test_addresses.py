"""What an invite or an address leads to."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.addresses import hosts_of, is_this_machine  # noqa: E402


REST = f"main?code={'a' * 52}"
TOKEN = f"#{'b' * 26}"


class Addresses(unittest.TestCase):
    def test_hosts(self) -> None:
        """[J1] the machines of an invite and of an address are known without their ports"""
        invite = f"sceneport://host.example:6000,192.0.2.1/{REST}&at=[fd00::2]&at=[::1]:7000{TOKEN}"
        self.assertEqual(hosts_of(invite), ["host.example", "192.0.2.1", "fd00::2", "::1"])
        relayed = f"sceneport://127.0.0.1:6000/{REST}&relay=relay.example:443&relay=[fd00::9]{TOKEN}"
        self.assertEqual(hosts_of(relayed), ["127.0.0.1", "relay.example", "fd00::9"])
        self.assertEqual(hosts_of(" host.example:5555 "), ["host.example"])

    def test_this_machine(self) -> None:
        """[J1] a target is this machine only where every place of it is, however it is written"""
        here = f"sceneport://127.0.0.1/{REST}"
        for target in ("127.0.0.1:5555", "localhost", "[::1]:5555", f"{here}&at=[::1]:6000{TOKEN}"):
            self.assertTrue(is_this_machine(target), target)
        elsewhere = [f"{here}&{name}=host.example{TOKEN}" for name in ("at", "relay", "%61t", "r%65lay")]
        for target in ("", "192.0.2.1", "localhost.example", "sceneport://127.0.0.1/main", *elsewhere):
            self.assertFalse(is_this_machine(target), target)


if __name__ == "__main__":
    unittest.main()
