"""Look the pinned packages up in the list of known vulnerabilities that PyPI keeps.

Exits with 1 if one of them is vulnerable, and with 3 if a package could not be looked up, as where
PyPI's list is out of reach: that is no proof of anything. pip-audit, which asks, is run by uv in an
environment of its own.
"""

import json
import subprocess
import sys

VULNERABLE, UNKNOWN = 1, 3
AUDIT = "pip-audit==2.10.1"
OPTIONS = ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
SECONDS = 300


def main() -> int:
    """Ask about requirements.txt, print what was found, and return the exit status."""
    command = [sys.executable, "-m", "uv", "tool", "run", "--quiet", AUDIT, *OPTIONS]
    try:
        asked = subprocess.run(
            [*command, "-r", "requirements.txt"], capture_output=True, text=True, timeout=SECONDS
        )
        packages = json.loads(asked.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        print(f"audit: no answer within {SECONDS} s; no package could be audited")
        return UNKNOWN
    except ValueError:
        last = asked.stderr.strip().rpartition("\n")[2]
        print(f"audit: pip-audit did not run, so no package could be audited: {last}")
        return UNKNOWN
    lines, status = report(packages)
    print("\n".join(lines))
    return status


def report(packages: list[dict]) -> tuple[list[str], int]:
    """Say what pip-audit found, and the exit status that follows."""
    lines, unknown = [], [each["name"] for each in packages if "skip_reason" in each]
    for each in packages:
        for found in each.get("vulns", ()):
            mended = ", ".join(found["fix_versions"]) or "none yet"
            lines.append(f"{each['name']} {each['version']}: {found['id']}, mended in {mended}")
    if unknown:
        names = "every package" if len(unknown) == len(packages) else ", ".join(unknown)
        lines.append(
            f"{names} could not be audited: PyPI's list of vulnerabilities was out of reach or "
            "does not name it; run `make audit` where PyPI answers"
        )
    vulnerable = any(each.get("vulns") for each in packages)
    if not lines:
        lines = [f"none of {len(packages)} packages has a known vulnerability"]
    return lines, VULNERABLE if vulnerable else UNKNOWN if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
