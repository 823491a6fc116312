"""Runs the container of a CronJob as a kubelet would, with Docker: cron_job.py FILE NETWORK BACKUPS STACK_ENV"""
import os
import subprocess
import sys
import tempfile

import yaml

manifest, network, backups, stack_env = sys.argv[1:]
with open(manifest) as file:
    settings, job = yaml.safe_load_all(file)
pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
(container,) = pod["containers"]
security, user = container["securityContext"], pod["securityContext"]
assert not security["allowPrivilegeEscalation"] and security["readOnlyRootFilesystem"] and user["runAsNonRoot"]

with tempfile.TemporaryDirectory() as place:
    os.chmod(place, 0o755)
    for name, content in settings["data"].items():
        with open(f"{place}/{name}", "w") as file:
            file.write(content)
    sources = {"configMap": place, "secret": os.path.dirname(stack_env), "persistentVolumeClaim": backups}
    kinds = {volume["name"]: next(key for key in volume if key != "name") for volume in pod["volumes"]}
    options = ["--read-only", "--network", network, "--security-opt", "no-new-privileges"]
    options += ["--user", f"{user['runAsUser']}:{user['runAsGroup']}"]
    options += [f"--cap-drop={capability}" for capability in security["capabilities"]["drop"]]
    for mount in container["volumeMounts"]:
        kind, mode = kinds[mount["name"]], ":ro" if mount.get("readOnly") else ""
        if kind == "emptyDir":
            options += ["--tmpfs", f"{mount['mountPath']}:mode=1777,size=64m"]
        else:
            options += ["--volume", f"{sources[kind]}:{mount['mountPath']}{mode}"]
    sys.exit(subprocess.run(["docker", "run", "--rm", *options, container["image"], *container["args"]]).returncode)
