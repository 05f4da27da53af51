"""The command line: each command does what its help and the README say."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from course.__main__ import main

from .serving import ROOT, Client, Server, quiz_files
from .world import FILES, write

README = (ROOT / "README.md").read_text(encoding="utf-8")


def course(*arguments: object, status: int = 0, **options: object) -> str:
    """Run a command; what it printed."""
    result = CliRunner().invoke(main, [str(one) for one in arguments], **options)
    assert result.exit_code == status, result.output + repr(result.exception)
    return result.output


def test_what_was_copied_from_a_folder_of_texts_is_said(tmp_path):
    words = "A child is anyone under eighteen, and this sentence goes on for some more words."
    content = write(tmp_path / "content", {**FILES, "modules/tip/later.md": FILES[
        "modules/tip/later.md"] + f"\n{words}\n"})
    facts = tmp_path / "facts"
    facts.mkdir()
    facts.joinpath("manual.md").write_text(f"# A manual\n\nBefore it. *{words}*\n")
    told = course("check", "--content", content, "--against", facts, status=1)
    assert "modules/tip/later.md:10: manual.md: a child is anyone under eighteen" in told
    facts.joinpath("manual.md").write_text("Nothing of the kind.")
    assert "manual.md" not in course("check", "--content", content, "--against", facts)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_and_stands_in_the_readme(name):
    assert len(course(name, "--help").splitlines()) > 5
    assert f"`course {name}`" in README


def test_the_readme_names_no_command_or_option_that_is_not_there():
    for name in re.findall(r"(?:`|bin/)course ([a-z-]+)", README):
        assert name in main.commands, name
    text = "".join(course(name, "--help") for name in main.commands)
    ours = "".join(line for line in README.splitlines(True)
                   if not line.startswith("pybabel") and "-m pytest" not in line)
    for option in re.findall(r"(?<!-)(--[a-z]+)\b", ours):
        assert option in text or option == "--help", option


def test_the_check_says_file_line_and_code_and_ends_with_1(tmp_path):
    write(tmp_path, FILES)
    (tmp_path / "modules/tip/elements.md").write_text(
        FILES["modules/tip/elements.md"].replace("!!! trainer", "!!! trainr"), encoding="utf-8")
    told = course("check", "--content", tmp_path, status=1)
    assert re.search(r"^modules/tip/elements\.md:\d+: [A-Z]\d\d .*trainr", told, re.M)
    assert re.search(r"\d+ errors?, \d+ warnings?", told)


def test_warnings_count_when_the_check_is_strict(tmp_path):
    write(tmp_path, FILES)
    assert "0 errors" in course("check", "--content", tmp_path)
    course("check", "--content", tmp_path, "--strict", status=1)


def test_the_check_prints_its_report_and_its_codes(tmp_path):
    write(tmp_path, FILES)
    report = course("check", "--content", tmp_path, "--report")
    assert "tip/elements" in report
    assert len(re.findall(r"^\*\*[A-Z]\d\d", course("check", "--codes"), re.M)) > 40


def test_the_course_itself_is_clean():
    assert "0 errors, 0 warnings" in course("check", "--strict")


def test_a_backup_beside_a_running_server_is_put_back_when_it_stopped(tmp_path):
    content = write(tmp_path / "content", quiz_files())
    data, backup = tmp_path / "data", tmp_path / "stick.zip"
    with Server(data, content=content) as server:
        client = Client(server.port)
        client.set_up()
        client.enrol(1)
        assert "statements" in course("backup", "--data", data, backup)
        told = course("restore", "--data", data, backup, "--yes", status=1)
        assert "already using" in told
        client.enrol(2)
        client.close()
        server.stop()
    assert "Restored" in course("restore", "--data", data, backup, "--yes")
    with Server(data, content=content) as server:
        client = Client(server.port)
        page = client.get("/")[2]
        client.close()
        assert "Learner 001" in page
        assert "Learner 002" not in page
        server.stop()


def test_what_is_no_backup_changes_nothing(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK rubbish")
    told = course("restore", "--data", tmp_path / "data", tmp_path / "x.zip", "--yes", status=1)
    assert "x.zip is not a whole backup" in told


def test_a_second_course_on_the_same_folder_says_so_and_stops(tmp_path):
    content = write(tmp_path / "content", quiz_files())
    with Server(tmp_path / "data", content=content) as server:
        told = course("serve", "--data", tmp_path / "data", "--no-browser", status=1)
        assert "already using the folder" in told
        client = Client(server.port)
        assert client.get("/setup")[0] == 200
        client.close()


def test_a_taken_port_is_not_the_end(tmp_path):
    content = write(tmp_path / "content", quiz_files())
    with Server(tmp_path / "one", content=content) as first, \
            Server(tmp_path / "two", content=content, port=first.port) as second:
        for _ in range(100):
            if "ready" in second.log.read_text():
                break
            time.sleep(0.05)
        found = int(re.search(r"localhost:(\d+)", second.log.read_text()).group(1))
        assert found > first.port


def test_a_forgotten_passphrase_is_set_anew(tmp_path):
    content = write(tmp_path / "content", quiz_files())
    data = tmp_path / "data"
    with Server(data, content=content) as server:
        client = Client(server.port)
        client.set_up()
        client.close()
        server.stop()
    new = "four other quiet words"
    assert "Changed" in course("passphrase", "--data", data, "admin", input=f"{new}\n{new}\n")
    course("passphrase", "--data", data, "nobody", status=1)
    with Server(data, content=content) as server:
        client = Client(server.port)
        client.get("/staff")
        assert client.post("/staff", number="ADMIN", passphrase=new)[0] == 303
        client.close()
        server.stop()


def test_stopping_is_orderly(tmp_path):
    content = write(tmp_path / "content", quiz_files())
    with Server(tmp_path / "data", content=content) as server:
        assert server.stop() == 0
        assert "Everything that was saved is on disk" in server.log.read_text()


def test_a_demo_fills_an_empty_folder_only(tmp_path):
    data = tmp_path / "data"
    with Server(data, "--demo") as server:
        client = Client(server.port)
        assert "Ardis, Alvi" in client.get("/")[2]
        client.close()
        server.stop()
        size = sum(one.stat().st_size for one in Path(data / "log").iterdir())
    with Server(data, "--demo") as server:
        assert "not empty" in server.log.read_text()
        server.stop()
    assert sum(one.stat().st_size for one in Path(data / "log").iterdir()) == size
