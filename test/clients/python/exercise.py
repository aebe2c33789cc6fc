"""Runs the Python client against the server that KUBECONFIG names: one line a check, exit code 1 when one fails."""

import sys
import threading
import traceback

from kubernetes import client, config, dynamic, watch
from kubernetes.client.exceptions import ApiException

config.load_kube_config()
core = client.CoreV1Api()
apps = client.AppsV1Api()


def config_map(name, **data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name), data=data)


def expect_status(status, call, *args, **options):
    try:
        call(*args, **options)
    except ApiException as error:
        assert error.status == status, f"expected {status}, got {error.status}: {error.body}"
        return error
    raise AssertionError(f"expected {status}, the call succeeded")


def writes(namespace):
    made = core.create_namespaced_config_map(namespace, config_map("one", a="b"))
    assert made.metadata.uid and made.metadata.resource_version
    expect_status(409, core.create_namespaced_config_map, namespace, config_map("one"))
    made.data["a"] = "c"
    newer = core.replace_namespaced_config_map("one", namespace, made)
    assert newer.data == {"a": "c"}
    expect_status(409, core.replace_namespaced_config_map, "one", namespace, made)
    patched = core.patch_namespaced_config_map("one", namespace, {"data": {"x": "y"}})
    assert patched.data == {"a": "c", "x": "y"}
    gone = core.delete_namespaced_config_map("one", namespace)
    assert gone.status == "Success"
    expect_status(404, core.read_namespaced_config_map, "one", namespace)
    error = expect_status(422, core.create_namespaced_config_map, namespace, config_map("Bad_Name"))
    assert "metadata.name: Invalid value" in error.body


def deployments(namespace):
    labels = {"app": "web"}
    container = client.V1Container(name="main", image="nginx:1")
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels=labels), spec=client.V1PodSpec(containers=[container])
    )
    spec = client.V1DeploymentSpec(
        replicas=2, selector=client.V1LabelSelector(match_labels=labels), template=template
    )
    body = client.V1Deployment(metadata=client.V1ObjectMeta(name="web"), spec=spec)
    made = apps.create_namespaced_deployment(namespace, body)
    assert made.spec.strategy.rolling_update.max_surge == "25%"
    scale = apps.patch_namespaced_deployment_scale("web", namespace, {"spec": {"replicas": 5}})
    assert scale.spec.replicas == 5
    side = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "busybox"}]}}}}
    patched = apps.patch_namespaced_deployment("web", namespace, side)
    assert [c.name for c in patched.spec.template.spec.containers] == ["side", "main"]
    status = apps.patch_namespaced_deployment_status(
        "web", namespace, {"status": {"replicas": 5, "readyReplicas": 1, "availableReplicas": 1}}
    )
    assert status.status.ready_replicas == 1


def pages(namespace):
    for index in range(25):
        core.create_namespaced_config_map(namespace, config_map(f"m{index:02}"))
    names, token = [], None
    while True:
        page = core.list_namespaced_config_map(namespace, limit=10, _continue=token)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
    assert names == [f"m{index:02}" for index in range(25)], names
    chosen = core.list_namespaced_config_map(namespace, field_selector="metadata.name=m07")
    assert [item.metadata.name for item in chosen.items] == ["m07"]
    core.delete_collection_namespaced_config_map(namespace)
    assert core.list_namespaced_config_map(namespace).items == []


def watches(namespace):
    start = core.list_namespaced_config_map(namespace).metadata.resource_version

    def change():
        core.create_namespaced_config_map(namespace, config_map("one"))
        core.patch_namespaced_config_map("one", namespace, {"data": {"a": "b"}})
        core.delete_namespaced_config_map("one", namespace)

    thread = threading.Thread(target=change)
    thread.start()
    stream = watch.Watch()
    seen = []
    for event in stream.stream(
        core.list_namespaced_config_map, namespace, resource_version=start, timeout_seconds=20
    ):
        seen.append((event["type"], event["object"].metadata.name))
        if event["type"] == "DELETED":
            stream.stop()
    thread.join()
    assert seen == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")], seen


def dynamic_client(namespace):
    resources = dynamic.DynamicClient(client.ApiClient()).resources
    secrets = resources.get(api_version="v1", kind="Secret")
    secrets.create(body={"metadata": {"name": "s"}, "stringData": {"a": "b"}}, namespace=namespace)
    assert secrets.get(name="s", namespace=namespace).data.a == "Yg=="
    secrets.patch(
        name="s",
        namespace=namespace,
        body={"metadata": {"labels": {"x": "y"}}},
        content_type="application/merge-patch+json",
    )
    assert len(secrets.get(namespace=namespace, label_selector="x=y").items) == 1
    secrets.delete(name="s", namespace=namespace)
    assert {"v1", "apps/v1"} <= {f"{r.group_version}" for r in resources.search()}


def main():
    failed = False
    for index, check in enumerate([writes, deployments, pages, watches, dynamic_client]):
        namespace = f"python-{index}"
        core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=namespace)))
        try:
            check(namespace)
            print(f"ok {check.__name__}", flush=True)
        except Exception:  # the next check runs all the same
            failed = True
            traceback.print_exc()
            print(f"not ok {check.__name__}", flush=True)
    sys.exit(1 if failed else 0)


main()
