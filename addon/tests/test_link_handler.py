"""The scheme `sceneport:` in the settings of a desktop: registered, recognised, and taken back without a trace."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import types
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sceneport.system_links import linux, windows  # noqa: E402
from sceneport.system_links.command import opener_command  # noqa: E402
from sceneport.system_links.mimeapps import default_of, with_default, without_default  # noqa: E402
from sceneport.system_links.system import registrar  # noqa: E402

KIND = linux.KIND
OTHERS = """# mine
[Added Associations]
x-scheme-handler/sceneport=other.desktop;

[Default Applications]
text/plain=editor.desktop
x-scheme-handler/http=browser.desktop;
"""
PROGRAM = '/opt/my "best" $blender\\100%/blender'


def as_desktops_read(text: str) -> list[str]:
    """The words of Exec, as the specification of desktop entries says."""
    line = next(line for line in text.splitlines() if line.startswith("Exec="))
    value = line.removeprefix("Exec=").replace("\\\\", "\\")
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', value)
    return [(re.sub(r"\\(.)", r"\1", quoted) or plain).replace("%%", "%") for quoted, plain in words]


class Linux(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        variables = {"XDG_DATA_HOME": str(self.home / "data"), "XDG_CONFIG_HOME": str(self.home / "config")}
        patch = mock.patch.dict(os.environ, variables)
        patch.start()
        self.addCleanup(patch.stop)
        self.defaults = self.home / "config" / "mimeapps.list"
        self.command = opener_command(PROGRAM, Path("/home/me/links"))

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.home)) for path in self.home.rglob("*") if path.is_file())

    def test_registers(self) -> None:
        """Registering says what opens links; unregistering leaves no file behind"""
        self.assertIsNone(linux.registered_program())
        linux.register(self.command)
        linux.register(self.command)
        self.assertEqual(self.files(), ["config/mimeapps.list", "data/applications/sceneport-invite.desktop"])
        self.assertTrue(linux.is_registered(self.command))
        self.assertEqual(linux.registered_program(), PROGRAM)
        other = opener_command("/usr/bin/blender", Path("/home/me/links"))
        self.assertFalse(linux.is_registered(other))
        linux.register(other)
        self.assertEqual(linux.registered_program(), "/usr/bin/blender")
        linux.unregister()
        self.assertEqual(self.files(), [])
        self.assertIsNone(linux.registered_program())
        linux.unregister()

    def test_others_stay(self) -> None:
        """Nothing else in the user's list is touched; its rights stay, and it stays a link to a file elsewhere"""
        target = self.home / "dotfiles"
        target.write_text(OTHERS)
        target.chmod(0o640)
        self.defaults.parent.mkdir()
        self.defaults.symlink_to(target)
        linux.register(self.command)
        self.assertIn(f"[Default Applications]\n{KIND}={linux.ENTRY};\ntext/plain", target.read_text())
        self.assertTrue(self.defaults.is_symlink())
        self.assertEqual(target.stat().st_mode & 0o777, 0o640)
        linux.unregister()
        self.assertEqual(target.read_text(), OTHERS)

    def test_other_application(self) -> None:
        """An application that the user chose later opens links, and the one from before does again afterwards"""
        linux.register(self.command)
        self.defaults.write_text(self.defaults.read_text().replace(linux.ENTRY, "other.desktop"))
        self.assertIsNone(linux.registered_program())
        linux.register(self.command)
        self.assertTrue(linux.is_registered(self.command))
        linux.unregister()
        self.assertEqual(default_of(self.defaults.read_text(), KIND), "other.desktop")

    def test_list(self) -> None:
        """A list of whatever form gets the entry, and is afterwards what it was"""
        short = ("", "[Added Associations]\na=b;\n", "\udcff=\n", "[Default Applications]\r\na=b\r\n")
        for text in (*short, OTHERS, OTHERS.rstrip("\n")):
            with self.subTest(text):
                registered = with_default(text, KIND, linux.ENTRY)
                self.assertEqual(default_of(registered, KIND), linux.ENTRY)
                self.assertEqual(without_default(registered, KIND, linux.ENTRY).rstrip("\n"), text.rstrip("\n"))

    def test_command_line(self) -> None:
        """Desktops read the very words, whatever a path is called, and the link comes last, behind `--`"""
        words = as_desktops_read(linux.entry_text(self.command))
        self.assertEqual(words, [*self.command, "%u"])
        self.assertEqual(words[-3:], ["--", "/home/me/links", "%u"])

    def test_elsewhere(self) -> None:
        """Where nothing can be registered that is known"""
        with mock.patch.dict(os.environ, {"FLATPAK_ID": "org.blender.Blender"}):
            self.assertIsNone(registrar())
        with mock.patch.object(sys, "platform", "darwin"):
            self.assertIsNone(registrar())
        with mock.patch.object(sys, "platform", "win32"):
            self.assertIs(registrar(), windows)


class FakeRegistry(types.ModuleType):
    """What of `winreg` is used, with keys in a dictionary."""

    HKEY_CURRENT_USER, REG_SZ = "HKCU", 1

    def __init__(self) -> None:
        super().__init__("winreg")
        self.keys: dict[str, dict[str, str]] = {}

    def CreateKey(self, hive: str, path: str) -> Any:
        parts = path.split("\\")
        for count in range(3, len(parts) + 1):
            self.keys.setdefault("\\".join(parts[:count]), {})
        return self.OpenKey(hive, path)

    def OpenKey(self, hive: str, path: str) -> Any:
        assert hive == "HKCU"
        if path not in self.keys:
            raise FileNotFoundError(path)
        manager = mock.MagicMock()
        manager.__enter__.return_value = path
        manager.__exit__.return_value = None
        return manager

    def SetValueEx(self, key: str, name: str, _reserved: int, kind: int, value: str) -> None:
        assert kind == self.REG_SZ
        self.keys[key][name] = value

    def QueryValueEx(self, key: str, name: str) -> tuple[str, int]:
        return self.keys[key][name], self.REG_SZ

    def DeleteKey(self, _hive: str, path: str) -> None:
        if path not in self.keys:
            raise FileNotFoundError(path)
        if any(other.startswith(path + "\\") for other in self.keys):
            raise PermissionError(path)
        del self.keys[path]


class Windows(unittest.TestCase):
    def test_registers(self) -> None:
        """The keys of the current user say what opens links, and go again"""
        program = r"C:\Program Files\Blender\blender.exe"
        command = opener_command(program, Path("links"))
        registry = FakeRegistry()
        with mock.patch.dict(sys.modules, {"winreg": registry}):
            self.assertIsNone(windows.registered_program())
            windows.register(command)
            root = registry.keys[r"Software\Classes\sceneport"]
            self.assertEqual(root, {"": "URL:Sceneport Invite", "URL Protocol": ""})
            line = registry.keys[r"Software\Classes\sceneport\shell\open\command"][""]
            self.assertTrue(line.startswith(f'"{program}" -b --factory-startup --python '))
            self.assertTrue(line.endswith(' -- links "%1"'))
            self.assertTrue(windows.is_registered(command))
            self.assertEqual(windows.registered_program(), program)
            self.assertFalse(windows.is_registered(opener_command("blender.exe", Path("links"))))
            windows.unregister()
            windows.unregister()
        self.assertEqual(registry.keys, {})


if __name__ == "__main__":
    unittest.main()
