"""Installs a rendered tree on this host by the table in its own inventory: install.py TREE"""
import os
import shutil
import subprocess
import sys

import yaml

tree = sys.argv[1]
with open(f"{tree}/ansible/inventory.yml") as file:
    groups = yaml.safe_load(file)["all"]["children"]
(host,) = groups["trackers"]["hosts"].values()
host |= groups["installs_1"]["vars"]

missing = [p for p in host["tracker_backup_packages"] if subprocess.run(["dpkg", "-s", p], capture_output=True).returncode]
if missing:
    subprocess.run(["apt-get", "update", "-q"], check=True)
    subprocess.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing], check=True)

for file in host["tracker_backup_files"]:
    os.makedirs(os.path.dirname(file["target"]), exist_ok=True)
    shutil.copyfile(f"{tree}/{file['source']}", file["target"])
    os.chmod(file["target"], int(file["mode"], 8))
    os.chown(file["target"], 0, 0)

directory = host["tracker_backup_directory"]
os.makedirs(directory, exist_ok=True)
os.chmod(directory, 0o700)
os.chown(directory, 1000, 1000)

for target in filter(os.path.exists, host["tracker_backup_absent"]):
    if target.endswith(".timer"):
        subprocess.run(["systemctl", "disable", "--quiet", "--now", os.path.basename(target)], check=True)
    os.remove(target)

subprocess.run(["systemctl", "daemon-reload"], check=True)
subprocess.run(["systemctl", "enable", "--quiet", "tracker-backup-recover.service"], check=True)
timers = [os.path.basename(file["target"]) for file in host["tracker_backup_files"] if file["target"].endswith(".timer")]
if timers:
    subprocess.run(["systemctl", "enable", "--quiet", "--now", *timers], check=True)
