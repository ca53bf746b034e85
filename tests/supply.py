"""List the licences of what the library depends on, and known vulnerabilities: make audit.

Licences are read from what is installed. Vulnerabilities are looked up by pip-audit, which needs a
connection. The exit code is 1 if there are any, or if those of a package could not be looked up.
"""

import importlib.util
import json
import re
import subprocess
import sys
from importlib import metadata

from packaging.requirements import Requirement

ROOT_PACKAGE = "fer-classic"
EXTRAS = ("all", "docs", "heic")
# Words of licences that ask something of those who distribute a program.
COPYLEFT = re.compile(r"\bA?L?GPL|\bMPL|Mozilla|GNU", re.IGNORECASE)
_UNKNOWN = "unknown"


def dependencies(package, extras=()):
    """Find the installed packages that a package needs, directly or through others.

    Parameters
    ----------
    package : str
        An installed package.
    extras : sequence of str
        Its extras.

    Returns
    -------
    found : dict of str to importlib.metadata.Distribution
        By normalised name, sorted.
    """
    found, waiting, seen = {}, [(package, frozenset(extras))], set()
    while waiting:
        entry = waiting.pop()
        if entry in seen:
            continue
        seen.add(entry)
        name, wanted = entry
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        found[_normal(name)] = distribution
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if _applies(requirement, wanted):
                waiting.append((_normal(requirement.name), frozenset(requirement.extras)))
    return dict(sorted(found.items()))


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _applies(requirement, extras):
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def licence_of(fields):
    """Name the licence of a package.

    Parameters
    ----------
    fields : importlib.metadata.PackageMetadata

    Returns
    -------
    licence : str
        The expression, the classifiers, or the first line of the text; "unknown" without any.
    """
    if fields.get("License-Expression"):
        return fields["License-Expression"]
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in fields.get_all("Classifier") or ()
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    text = (fields.get("License") or "").strip().partition("\n")[0]
    return ", ".join(classifiers) or text or _UNKNOWN


def print_licences():
    """Print the licences of all dependencies."""
    rows = [
        (name, found.version, licence_of(found.metadata))
        for name, found in dependencies(ROOT_PACKAGE, EXTRAS).items()
    ]
    width = max(len(name) for name, *_ in rows)
    print(f"Licences of {len(rows)} packages; * asks for more than a notice")
    for name, version, licence in rows:
        mark = "*" if licence == _UNKNOWN or COPYLEFT.search(licence) else " "
        print(f"{mark} {name:{width}}  {version:14}  {licence}")


def vulnerabilities(run=subprocess.run):
    """Look up the known vulnerabilities of the dependencies.

    Parameters
    ----------
    run : callable
        Stands in for ``subprocess.run``.

    Returns
    -------
    lines : list of str
        One for each.
    skipped : list of str
        Packages that the database was not asked about, or does not know.

    Raises
    ------
    RuntimeError
        If they could not be looked up, with the reason.
    """
    if importlib.util.find_spec("pip_audit") is None:
        raise RuntimeError("pip-audit is not installed: pip install pip-audit")
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    result = run([*command, "--skip-editable"], capture_output=True, text=True)
    try:
        answers = json.loads(result.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = result.stderr.strip().rpartition("\n")[2] or f"exit code {result.returncode}"
        raise RuntimeError(f"pip-audit had no answer: {last}") from None
    packages = {_normal(answer["name"]): answer for answer in answers if "vulns" in answer}
    ours = [name for name in dependencies(ROOT_PACKAGE, EXTRAS) if name != ROOT_PACKAGE]
    lines = [
        f"{name} {packages[name]['version']}: {found['id']}, fixed in "
        f"{', '.join(found['fix_versions']) or 'no version yet'}"
        for name in ours
        if name in packages
        for found in packages[name]["vulns"]
    ]
    return lines, [name for name in ours if name not in packages]


def main():
    """Print both lists; returns an exit code."""
    print_licences()
    try:
        lines, skipped = vulnerabilities()
    except RuntimeError as error:
        print(f"\nKnown vulnerabilities were not looked up: {error}")
        return 1
    print(f"\nKnown vulnerabilities: {len(lines)}")
    print("\n".join(lines), end="\n" * bool(lines))
    if skipped:
        print(f"Not looked up, {len(skipped)} packages: {', '.join(skipped)}")
    return bool(lines or skipped)


if __name__ == "__main__":
    sys.exit(main())
