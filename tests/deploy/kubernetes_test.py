#!/usr/bin/env python3
"""The Kubernetes manifests, rendered by `kubectl kustomize` and checked for agreeing with themselves and with deploy/up.

No cluster is asked, and no schema: that every object is accepted by a server of a given version is not shown here.
"""

import pathlib
import re
import subprocess
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
KUBERNETES = ROOT / "deploy/kubernetes"
SERVICES = re.search(r"^services=\((.*)\)$", (ROOT / "deploy/up").read_text(encoding="utf-8"), re.M)[1].split()
OURS = {*SERVICES, "gateway"}


def render(folder: str) -> list:
    rendered = subprocess.run(["kubectl", "kustomize", KUBERNETES / folder], capture_output=True, text=True, check=False)
    if rendered.returncode:
        raise AssertionError(rendered.stderr)
    return list(yaml.safe_load_all(rendered.stdout))


def documents(path: pathlib.Path) -> list:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def of_kind(objects: list, kind: str) -> dict:
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def pod_of(deployment: dict) -> dict:
    return deployment["spec"]["template"]["spec"]


def flags_of(container: dict) -> dict:
    return dict(arg[2:].split("=", 1) for arg in container["args"] if arg.startswith("--") and "=" in arg)


class KubernetesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rendered = {folder: render(folder) for folder in ("base", "overlays/county")}

    def each_deployment(self):
        for folder, objects in self.rendered.items():
            for name, deployment in of_kind(objects, "Deployment").items():
                with self.subTest(folder=folder, deployment=name):
                    yield name, deployment, objects

    def test_every_service_and_the_gateway_and_redis_are_deployed_and_can_be_reached(self):
        for folder, objects in self.rendered.items():
            with self.subTest(folder=folder):
                self.assertEqual(set(of_kind(objects, "Deployment")), OURS | {"redis"})
                self.assertEqual(set(of_kind(objects, "Service")), OURS | {"redis"})

    def test_no_file_is_left_out_of_its_kustomization(self):
        for folder in self.rendered:
            kustomization = documents(KUBERNETES / folder / "kustomization.yaml")[0]
            named = {*kustomization["resources"], *kustomization.get("patchesStrategicMerge", [])}
            there = {path.name for path in (KUBERNETES / folder).iterdir()} - {"kustomization.yaml"}
            self.assertEqual(named, there, folder)

    def test_every_patch_has_a_target_container_and_all(self):
        base = of_kind(self.rendered["base"], "Deployment")
        kustomization = documents(KUBERNETES / "overlays/county/kustomization.yaml")[0]
        for name in kustomization["patchesStrategicMerge"]:
            for patch in documents(KUBERNETES / "overlays/county" / name):
                target = base[patch["metadata"]["name"]]
                containers = {container["name"] for container in pod_of(target)["containers"]}
                for container in patch["spec"].get("template", {}).get("spec", {}).get("containers", []):
                    self.assertIn(container["name"], containers, "a patch of a misspelt container would add one")

    def test_a_service_selects_the_pods_of_its_deployment_and_names_a_port_of_theirs(self):
        for name, deployment, objects in self.each_deployment():
            service = of_kind(objects, "Service")[name]["spec"]
            labels = deployment["spec"]["template"]["metadata"]["labels"]
            self.assertEqual(service["selector"].items() - labels.items(), set())
            self.assertEqual(deployment["spec"]["selector"]["matchLabels"].items() - labels.items(), set())
            ports = {port["name"]: port["containerPort"] for port in pod_of(deployment)["containers"][0]["ports"]}
            self.assertEqual({port["targetPort"]: port["port"] for port in service["ports"]}, ports)

    def test_flags_name_ports_that_are_listened_on(self):
        for name, deployment, objects in self.each_deployment():
            if name not in OURS:
                continue
            container = pod_of(deployment)["containers"][0]
            ports = {port["name"]: port["containerPort"] for port in container["ports"]}
            open_ports = {f"{service}:{port['port']}" for service, one in of_kind(objects, "Service").items()
                          for port in one["spec"]["ports"]}
            flags = flags_of(container)
            if name == "gateway":
                self.assertEqual(flags["http"], f"0.0.0.0:{ports['http']}")
                self.assertEqual(flags["grpc"], f"0.0.0.0:{ports['grpc']}")
                peers = dict(pair.split("=") for pair in flags["services"].split(","))
                self.assertEqual(list(peers), SERVICES)
                self.assertEqual({peer: address.split(":")[0] for peer, address in peers.items()},
                                 {peer: peer for peer in SERVICES})
                addresses = list(peers.values())
            else:
                self.assertEqual(flags["listen"], f"0.0.0.0:{ports['grpc']}")
                addresses = [flags[peer] for peer in SERVICES if peer in flags]
            for address in [*addresses, re.fullmatch(r"redis://(.*)/0", flags["cache"])[1]]:
                self.assertIn(address, open_ports)
            # The kubelet cannot show a certificate, and checks none.
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                if name == "gateway":
                    self.assertEqual(container[probe]["httpGet"], {"scheme": "HTTPS", "path": "/healthz", "port": "http"}, probe)
                else:
                    self.assertEqual(container[probe]["tcpSocket"], {"port": "grpc"}, probe)

    def test_flags_are_those_that_deploy_up_gives(self):
        script = (ROOT / "deploy/up").read_text(encoding="utf-8")
        peers_of = script[script.index("peers_of() {"):]
        peers_of = peers_of[:peers_of.index("\n}\n") + 3]
        for name, deployment, _ in self.each_deployment():
            peers = subprocess.run(["bash", "-c", f'{peers_of}peers_of "$1"', "-", name], capture_output=True, text=True, check=True).stdout.split()
            for flag in flags_of(pod_of(deployment)["containers"][0]) if name in OURS else ():
                # What deploy/up starts is plain text on loopback.
                self.assertTrue(f"--{flag}=" in script or "tls_" in flag or flag in peers, flag)

    def test_pods_are_confined_and_bounded(self):
        for name, deployment, _ in self.each_deployment():
            pod = pod_of(deployment)
            self.assertTrue(pod["securityContext"]["runAsNonRoot"])
            self.assertEqual(pod["securityContext"]["runAsUser"], 10001 if name in OURS else 999)
            self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertFalse(pod["automountServiceAccountToken"])
            for container in pod["containers"]:
                self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
                self.assertFalse(container["securityContext"]["allowPrivilegeEscalation"])
                self.assertEqual(container["securityContext"]["capabilities"], {"drop": ["ALL"]})
                for bound in ("requests", "limits"):
                    self.assertEqual(set(container["resources"][bound]), {"cpu", "memory"})

    def test_what_is_mounted_is_a_volume_and_holds_what_the_flags_name(self):
        for name, deployment, objects in self.each_deployment():
            pod = pod_of(deployment)
            container = pod["containers"][0]
            mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
            volumes = {volume["name"]: volume for volume in pod["volumes"]}
            self.assertEqual(set(mounts), set(volumes))
            if name in OURS:
                flags = flags_of(container)
                self.assertEqual(flags["jwks"], f"{mounts['jwks']}/jwks.json")
                self.assertEqual(flags["token_file"], f"{mounts['token']}/token.jwt")
                self.assertEqual(volumes["token"]["secret"]["items"], [{"key": name, "path": "token.jwt"}])
            claims = of_kind(objects, "PersistentVolumeClaim")
            for volume in volumes.values():
                if "persistentVolumeClaim" in volume:
                    self.assertIn(volume["persistentVolumeClaim"]["claimName"], claims)

    def test_what_listens_beyond_its_pod_speaks_tls_with_its_own_secret(self):
        for name, deployment, _ in self.each_deployment():
            if name not in OURS:
                continue
            pod = pod_of(deployment)
            container = pod["containers"][0]
            flags = flags_of(container)
            mounts = {mount["name"]: mount for mount in container["volumeMounts"]}
            secrets = {volume["name"]: volume.get("secret", {}).get("secretName") for volume in pod["volumes"]}
            files = {"cert": "tls.crt", "key": "tls.key", "ca": "ca.crt"}
            # Callers of the gateway have no certificate to show; its peers have.
            wanted = {("tls", f"anju-tls-{name}"): ("cert", "key", "ca")}
            if name == "gateway":
                wanted = {("tls", "anju-tls-gateway"): ("cert", "key"), ("peer-tls", "anju-peer-tls-gateway"): ("cert", "key", "ca")}
            expected = {}
            for (volume, secret), kinds in wanted.items():
                self.assertEqual(secrets[volume], secret)
                self.assertTrue(mounts[volume]["readOnly"])
                prefix = volume.replace("-", "_")
                expected |= {f"{prefix}_{kind}": f"{mounts[volume]['mountPath']}/{files[kind]}" for kind in kinds}
            if name == "gateway":
                # Its gRPC is for an edge with a certificate of the peers' CA.
                expected["grpc_tls_ca"] = f"{mounts['peer-tls']['mountPath']}/ca.crt"
            self.assertEqual({flag: value for flag, value in flags.items() if "tls_" in flag}, expected)

    def test_the_base_takes_its_databases_from_a_secret_and_a_county_keeps_them_on_volumes(self):
        for name in SERVICES:
            base = pod_of(of_kind(self.rendered["base"], "Deployment")[name])["containers"][0]
            secret = {"secretKeyRef": {"name": "anju-databases", "key": name}}
            self.assertEqual(base["env"], [{"name": "ANJU_DATABASE", "valueFrom": secret}])

            deployment = of_kind(self.rendered["overlays/county"], "Deployment")[name]
            county = pod_of(deployment)["containers"][0]
            self.assertEqual(county["env"], [{"name": "ANJU_DATABASE", "value": f"sqlite:/var/lib/anju/{name}.db"}])
            self.assertEqual(deployment["spec"]["replicas"], 1)
            self.assertEqual(deployment["spec"]["strategy"], {"type": "Recreate"})

    def test_a_county_is_in_its_namespace_with_images_of_one_tag(self):
        objects = self.rendered["overlays/county"]
        self.assertEqual({one["metadata"].get("namespace") for one in objects if one["kind"] != "Namespace"}, {"anju-county"})
        self.assertEqual(set(of_kind(objects, "Namespace")), {"anju-county"})
        images = {name: pod_of(one)["containers"][0]["image"] for name, one in of_kind(objects, "Deployment").items()}
        tags = {images[name].removeprefix(f"anju/{name}:") for name in OURS}
        self.assertEqual(tags, {"1"})


if __name__ == "__main__":
    unittest.main()
