"""What an invite names, by the golden vectors that the TypeScript tests read too."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.errors import SceneportError  # noqa: E402
from sceneport.invites import read_invite  # noqa: E402

VECTORS = json.loads((Path(__file__).resolve().parents[2] / "vectors" / "invites.json").read_text("utf-8"))


def written(address: dict) -> set[str]:
    """The ways an address can be written."""
    host = f"[{address['host']}]" if ":" in address["host"] else address["host"]
    return {f"{host}:{address['port']}", *([host] if address["port"] in (443, 5555) else [])}


class Invites(unittest.TestCase):
    def test_good(self) -> None:
        """[I1] session, addresses and relays of an invite are known"""
        for vector in VECTORS["good"]:
            with self.subTest(vector["link"]):
                invite, expected = read_invite(vector["link"]), vector["invite"]
                self.assertEqual(invite.session, expected["session"])
                for shown, wanted in (
                    (invite.addresses, expected["addresses"]),
                    (invite.relays, expected["relays"]),
                ):
                    self.assertEqual(len(shown), len(wanted))
                    self.assertTrue(all(one in written(other) for one, other in zip(shown, wanted, strict=True)))

    def test_bad(self) -> None:
        """[I1] what is no invite, or not a whole one, is refused"""
        links = [vector["link"] for vector in VECTORS["bad"]]
        good = VECTORS["good"][0]["link"]
        for link in [*links, good.replace("main", "%zz"), good.replace("main", "")]:
            with self.subTest(link), self.assertRaises(SceneportError) as raised:
                read_invite(link)
            self.assertEqual(raised.exception.code, "bad-invite")


if __name__ == "__main__":
    unittest.main()
