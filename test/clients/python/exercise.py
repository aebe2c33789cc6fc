"""Runs the Python client against the server that KUBECONFIG names: one line a check, exit code 1 when one fails."""

import queue
import sys
import threading
import time
import traceback

from kubernetes import client, config, dynamic, informer, utils, watch
from kubernetes.client.exceptions import ApiException
from packaged import run_packaged_tests

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


def defined_resources(resources, name):
    """The resource once it is served: discovery is asked anew until it knows it."""
    deadline = time.monotonic() + 10
    while True:
        resources.invalidate_cache()
        try:
            return resources.get(api_version="tests.example.com/v1", kind=name)
        except dynamic.exceptions.ResourceNotFoundError:
            assert time.monotonic() < deadline, f"{name} was not served"


def custom_resources(namespace):
    resources = dynamic.DynamicClient(client.ApiClient()).resources
    definitions = resources.get(api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition")
    size = {"type": "integer", "minimum": 1, "default": 7}
    spec = {"type": "object", "properties": {"size": size}}
    schema = {"type": "object", "properties": {"spec": spec}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.tests.example.com"},
        "spec": {
            "group": "tests.example.com",
            "names": {"plural": "widgets", "kind": "Widget"},
            "scope": "Namespaced",
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
            ],
        },
    }
    definitions.create(body=definition)
    widgets = defined_resources(resources, "Widget")
    widget = {"apiVersion": "tests.example.com/v1", "kind": "Widget", "metadata": {"name": "one"}}
    made = widgets.create(body={**widget, "spec": {"dropped": True}}, namespace=namespace)
    assert made.spec.to_dict() == {"size": 7}, made
    applied = widgets.server_side_apply(
        body={**widget, "spec": {"size": 9}}, namespace=namespace, field_manager="python", force_conflicts=True
    )
    assert applied.spec.size == 9
    try:
        widgets.patch(
            body={**widget, "spec": {"size": 0}},
            namespace=namespace,
            content_type="application/merge-patch+json",
        )
        raise AssertionError("a size of 0 was taken")
    except dynamic.exceptions.UnprocessibleEntityError as error:
        assert "should be greater than or equal to 1" in error.body, error.body
    custom = client.CustomObjectsApi()
    items = custom.list_namespaced_custom_object("tests.example.com", "v1", namespace, "widgets")["items"]
    assert [item["metadata"]["name"] for item in items] == ["one"]
    definitions.delete(name="widgets.tests.example.com")


def informers(namespace):
    core.create_namespaced_config_map(namespace, config_map("early", a="b"))
    seen = queue.Queue()
    shared = informer.SharedInformer(core.list_namespaced_config_map, namespace=namespace)
    for kind in (informer.ADDED, informer.MODIFIED, informer.DELETED):
        shared.add_event_handler(kind, lambda object, kind=kind: seen.put((kind, object.metadata.name)))
    shared.start()
    try:
        assert seen.get(timeout=10) == ("ADDED", "early")
        core.create_namespaced_config_map(namespace, config_map("late", a="b"))
        assert seen.get(timeout=10) == ("ADDED", "late")
        core.patch_namespaced_config_map("late", namespace, {"data": {"x": "y"}})
        assert seen.get(timeout=10) == ("MODIFIED", "late")
        core.delete_namespaced_config_map("early", namespace)
        assert seen.get(timeout=10) == ("DELETED", "early")
        assert [object.metadata.name for object in shared.cache.list()] == ["late"]
    finally:
        shared.stop()


def objects_of_files(namespace):
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    }
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "reader"},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
    }
    several = {"apiVersion": "v1", "kind": "List", "items": [service, role]}
    api = client.ApiClient()
    utils.create_from_dict(api, several, namespace=namespace)
    assert core.read_namespaced_service("web", namespace).spec.cluster_ip
    try:
        utils.create_from_dict(api, several, namespace=namespace)
        raise AssertionError("the objects were created twice")
    except utils.FailToCreateError as error:
        assert [e.status for e in error.api_exceptions] == [409, 409]
    first = utils.create_from_dict(api, role, namespace=namespace, apply=True)
    again = utils.create_from_dict(api, role, namespace=namespace, apply=True)
    assert first[0].metadata.resourceVersion == again[0].metadata.resourceVersion


def packaged_tests(_namespace):
    # Some of them make pods in this namespace, and no controller runs that makes the account they run as.
    account = client.V1ServiceAccount(metadata=client.V1ObjectMeta(name="default"))
    core.create_namespaced_service_account("default", account)
    run_packaged_tests()


checks = [
    writes,
    deployments,
    pages,
    watches,
    dynamic_client,
    custom_resources,
    informers,
    objects_of_files,
    packaged_tests,
]


def main():
    failed = False
    for index, check in enumerate(checks):
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
