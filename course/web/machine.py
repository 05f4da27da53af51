"""What the computer that serves the course says of itself, without packages of its own."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

MEMINFO = Path("/proc/meminfo")


def memory_available(meminfo: Path = MEMINFO) -> int | None:
    """Bytes of memory that programs could still take; None where the system does not say."""
    with suppress(OSError, ValueError):
        for line in meminfo.read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return int(value.split()[0]) * 1024
    return _windows_memory() if platform.system() == "Windows" else None


def _windows_memory() -> int | None:
    """`ullAvailPhys` of GlobalMemoryStatusEx (MEMORYSTATUSEX: two 32-bit, then seven 64-bit)."""
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong),
                    *((name, ctypes.c_ulonglong) for name in (
                        "total", "available", "total_page", "available_page", "total_virtual",
                        "available_virtual", "available_extended"))]

    status = Status(length=ctypes.sizeof(Status))
    windows = getattr(ctypes, "windll", None)
    if windows is None or not windows.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.available)


def system() -> str:
    """`windows`, `mac` or `linux`: whose firewall it is."""
    return {"Windows": "windows", "Darwin": "mac"}.get(platform.system(), "linux")


def firewall_rules(*ports: int) -> Mapping[str, tuple[str, ...]]:
    """What lets phones of the same network in, by firewall: commands for an administrator."""
    port = ",".join(map(str, ports))
    return {
        "windows": (
            f'netsh advfirewall firewall add rule name="Fourth P" dir=in action=allow '
            f"protocol=TCP localport={port} remoteip=localsubnet",),
        "powershell": (
            f'New-NetFirewallRule -DisplayName "Fourth P" -Direction Inbound -Action Allow '
            f"-Protocol TCP -LocalPort {port} -RemoteAddress LocalSubnet",),
        "ufw": (f"sudo ufw allow {port}/tcp",),
        "firewalld": (*(f"sudo firewall-cmd --permanent --add-port={one}/tcp" for one in ports),
                      "sudo firewall-cmd --reload"),
    }
