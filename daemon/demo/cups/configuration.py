"""What the private CUPS server is told: cupsd.conf, cups-files.conf, local.convs."""

from collections.abc import Mapping
from pathlib import Path


def scheduler_conf(socket: str, dirty_clean_seconds: int, directives: Mapping[str, str]) -> str:
    """DirtyCleanInterval 0: what it has accepted survives its being killed. MaxJobs 0: no limit.

    `directives` come last, and the last one counts.
    """
    others = "".join(f"{name} {value}\n" for name, value in directives.items())
    return f"""\
Listen {socket}
LogLevel info
MaxLogSize 0
Browsing No
DefaultShared No
WebInterface No
DefaultAuthType None
DefaultPolicy open
ErrorPolicy abort-job
DirtyCleanInterval {dirty_clean_seconds}
MaxJobs 0
PreserveJobHistory 3600
PreserveJobFiles No
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy open>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order deny,allow
    AuthType None
  </Limit>
</Policy>
{others}"""


def files_conf(folder: Path, user: str, group: str) -> str:
    """`SystemGroup` wants a group that exists; nothing here asks for its rights."""
    return f"""\
User {user}
Group {group}
SystemGroup {group if user != "lp" else "root"}
ServerRoot {folder}/root
ServerBin {folder}/bin
RequestRoot {folder}/spool
TempDir {folder}/temp
CacheDir {folder}/cache
StateDir {folder}/state
AccessLog {folder}/log/access_log
ErrorLog {folder}/log/error_log
PageLog {folder}/log/page_log
Printcap
CreateSelfSignedCerts No
Sandboxing Relaxed
"""


def conversions(filters: Path) -> str:
    """Prefer pdftoraster (30 ms a card) where there is one; CUPS would choose gstoraster (120 ms)."""
    if not (filters / "pdftoraster").exists():
        return ""
    return "application/vnd.cups-pdf application/vnd.cups-raster 50 pdftoraster\n"
