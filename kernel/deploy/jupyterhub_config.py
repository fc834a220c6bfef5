"""JupyterHub for a team of analysts, with the xdrlab kernel.

On the hub's machine, as root, with Python 3.10 and Node.js 20.19 or later:

    pip install 'jupyterhub>=6,<7' 'jupyterlab>=4.2,<5'
    npm install --global configurable-http-proxy xdrlab
    xdrlab install --system
    XDRLAB_HUB_USERS='ana ben' jupyterhub --config jupyterhub_config.py

Each person signs in to the platform in their own notebook. What the sign-in gives lies below the home of that person's
account (~/.config/xdrlab/people/<name>), in files that only this account can read, and no other person's kernel looks
there. Give each person a system account of their own: an account that several share is no wall between them.
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821

data = Path(os.environ.get("XDRLAB_HUB_DATA", "/srv/jupyterhub"))
data.mkdir(mode=0o700, parents=True, exist_ok=True)

# --- Where it listens. In front of it belongs a reverse proxy with TLS: notebooks and cookies pass here.
c.JupyterHub.bind_url = os.environ.get("XDRLAB_HUB_URL", "http://127.0.0.1:8000")
c.JupyterHub.hub_port = int(os.environ.get("XDRLAB_HUB_PORT", "8081"))
c.ConfigurableHTTPProxy.api_url = os.environ.get("XDRLAB_HUB_PROXY_API", "http://127.0.0.1:8001")

# --- What it keeps: people, their servers, cookies. No sign-in to a platform is among it.
c.JupyterHub.db_url = f"sqlite:///{data / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(data / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(data / "proxy.pid")

# --- Who may come in. PAM, the default, asks for the password of the system account; a company's own sign-in is
# c.JupyterHub.authenticator_class = "generic-oauth" (pip install oauthenticator).
c.Authenticator.allowed_users = set(os.environ.get("XDRLAB_HUB_USERS", "").split())

# --- One server a person, as their own system account. On systemd, "systemd" (pip install jupyterhub-systemdspawner)
# adds limits and a /tmp of each person's own. "simple" runs everybody in the hub's account: for a trial only.
c.JupyterHub.spawner_class = "localprocess"

# --- What kernels are to know of this network. Never a token, a client secret or XDRLAB_USERNAME: each person's
# environment is inherited by everything they run. XDRLAB_HOME is left out as well: sign-ins belong into each home.
c.Spawner.env_keep.extend(
    [
        "JUPYTER_PATH",
        "HTTPS_PROXY",
        "NO_PROXY",
        "NODE_EXTRA_CA_CERTS",
        "XDRLAB_CA_CERTS",
        "XDRLAB_REGION",
        "XDRLAB_SANDBOX_URL",
    ]
)

# --- JupyterLab takes its time on a machine that is busy.
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120

# --- Kernels that nobody uses end after eight hours; the stored sign-in is found again by the next one.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=28800",
    "--MappingKernelManager.cull_interval=300",
]
