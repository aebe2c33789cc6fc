package kubeskiff;

import static kubeskiff.Checks.check;
import static kubeskiff.Checks.equal;
import static kubeskiff.Checks.expect;
import static kubeskiff.Checks.until;

import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.AppsV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1DeploymentSpec;
import io.kubernetes.client.openapi.models.V1LabelSelector;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.Watch;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesApi;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The official client, generated from the OpenAPI document: typed and dynamic verbs, watches, informers, patches. */
final class OfficialChecks {
  private static final String NAMESPACE = "official-java";

  private OfficialChecks() {}

  static void run() throws Exception {
    ApiClient client = Config.defaultClient();
    client.setReadTimeout(0);
    CoreV1Api core = new CoreV1Api(client);
    AppsV1Api apps = new AppsV1Api(client);
    core.createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(NAMESPACE))).execute();
    check("official: verbs of config maps", () -> configMaps(core));
    check("official: a watch", () -> watch(client, core));
    check("official: an informer", () -> informer(client, core));
    check("official: patches and server-side apply", () -> patches(client, apps));
    check("official: errors", () -> errors(core));
    check("official: dynamic and generic clients", () -> dynamic(client));
    core.deleteNamespace(NAMESPACE).execute();
  }

  private static V1ConfigMap configMap(String name, Map<String, String> data) {
    return new V1ConfigMap().metadata(new V1ObjectMeta().name(name)).data(data);
  }

  private static void configMaps(CoreV1Api core) throws ApiException {
    V1ConfigMap made = core.createNamespacedConfigMap(NAMESPACE, configMap("one", Map.of("a", "1"))).execute();
    expect(made.getMetadata().getCreationTimestamp() != null, "no creation timestamp");
    made.putDataItem("b", "2");
    V1ConfigMap replaced = core.replaceNamespacedConfigMap("one", NAMESPACE, made).execute();
    equal(replaced.getData(), Map.of("a", "1", "b", "2"), "data");
    try {
      core.replaceNamespacedConfigMap("one", NAMESPACE, made).execute();
      throw new IllegalStateException("no conflict");
    } catch (ApiException conflict) {
      equal(conflict.getCode(), 409, "code");
    }
    equal(core.listNamespacedConfigMap(NAMESPACE).fieldSelector("metadata.name=one").execute().getItems().size(), 1, "listed");
    core.deleteNamespacedConfigMap("one", NAMESPACE).execute();
  }

  private static void watch(ApiClient client, CoreV1Api core) throws Exception {
    String from = core.listNamespacedConfigMap(NAMESPACE).execute().getMetadata().getResourceVersion();
    core.createNamespacedConfigMap(NAMESPACE, configMap("watched", null)).execute();
    core.deleteNamespacedConfigMap("watched", NAMESPACE).execute();
    var call = core.listNamespacedConfigMap(NAMESPACE).resourceVersion(from).watch(true).timeoutSeconds(10).buildCall(null);
    try (Watch<V1ConfigMap> watch = Watch.createWatch(client, call, new TypeToken<Watch.Response<V1ConfigMap>>() {}.getType())) {
      Watch.Response<V1ConfigMap> added = watch.next();
      equal(added.type + " " + added.object.getMetadata().getName(), "ADDED watched", "event");
      equal(watch.next().type, "DELETED", "event");
    }
  }

  private static void informer(ApiClient client, CoreV1Api core) throws Exception {
    SharedInformerFactory factory = new SharedInformerFactory(client);
    GenericKubernetesApi<V1ConfigMap, V1ConfigMapList> api =
        new GenericKubernetesApi<>(V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps", client);
    SharedIndexInformer<V1ConfigMap> informer = factory.sharedIndexInformerFor(api, V1ConfigMap.class, 0, NAMESPACE);
    Set<String> names = ConcurrentHashMap.newKeySet();
    informer.addEventHandler(new ResourceEventHandler<>() {
      @Override
      public void onAdd(V1ConfigMap object) {
        names.add(object.getMetadata().getName());
      }

      @Override
      public void onUpdate(V1ConfigMap before, V1ConfigMap after) {}

      @Override
      public void onDelete(V1ConfigMap object, boolean unknown) {
        names.remove(object.getMetadata().getName());
      }
    });
    factory.startAllRegisteredInformers();
    until("it has listed", informer::hasSynced);
    for (int i = 0; i < 20; i++) core.createNamespacedConfigMap(NAMESPACE, configMap("many-" + i, null)).execute();
    until("all came", () -> names.stream().filter(name -> name.startsWith("many-")).count() == 20);
    core.deleteCollectionNamespacedConfigMap(NAMESPACE).execute();
    until("all went", () -> names.stream().noneMatch(name -> name.startsWith("many-")));
    factory.stopAllRegisteredInformers();
  }

  private static void patches(ApiClient client, AppsV1Api apps) throws ApiException {
    Map<String, String> labels = Map.of("app", "web");
    V1Deployment wanted = new V1Deployment()
        .apiVersion("apps/v1").kind("Deployment").metadata(new V1ObjectMeta().name("web"))
        .spec(new V1DeploymentSpec().replicas(1).selector(new V1LabelSelector().matchLabels(labels))
            .template(new V1PodTemplateSpec().metadata(new V1ObjectMeta().labels(labels))
                .spec(new V1PodSpec().containers(List.of(new V1Container().name("main").image("nginx:1"))))));
    String text = client.getJSON().serialize(wanted);
    patch(client, apps, text, V1Patch.PATCH_FORMAT_APPLY_YAML, "java");
    try {
      patch(client, apps, text.replace("nginx:1", "nginx:2"), V1Patch.PATCH_FORMAT_APPLY_YAML, "other");
      throw new IllegalStateException("no conflict");
    } catch (ApiException conflict) {
      equal(conflict.getCode(), 409, "code");
      expect(conflict.getResponseBody().contains("conflict with \\\"java\\\""), conflict.getResponseBody());
    }
    patch(client, apps, "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":2}]", V1Patch.PATCH_FORMAT_JSON_PATCH, null);
    patch(client, apps, "{\"metadata\":{\"labels\":{\"merged\":\"yes\"}}}", V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, null);
    V1Deployment last = patch(client, apps,
        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"busybox\"}]}}}}",
        V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH, null);
    equal(last.getSpec().getReplicas(), 2, "replicas");
    equal(last.getSpec().getTemplate().getSpec().getContainers().size(), 2, "containers");
    equal(last.getMetadata().getLabels().get("merged"), "yes", "label");
    apps.deleteNamespacedDeployment("web", NAMESPACE).execute();
  }

  private static V1Deployment patch(ApiClient client, AppsV1Api apps, String text, String format, String manager)
      throws ApiException {
    return PatchUtils.patch(V1Deployment.class,
        () -> apps.patchNamespacedDeployment("web", NAMESPACE, new V1Patch(text)).fieldManager(manager).buildCall(null),
        format, client);
  }

  private static void errors(CoreV1Api core) throws ApiException {
    try {
      core.readNamespacedConfigMap("absent", NAMESPACE).execute();
      throw new IllegalStateException("it is there");
    } catch (ApiException missing) {
      equal(missing.getCode(), 404, "code");
      expect(missing.getResponseBody().contains("configmaps \\\"absent\\\" not found"), missing.getResponseBody());
    }
  }

  private static void dynamic(ApiClient client) {
    DynamicKubernetesApi secrets = new DynamicKubernetesApi("", "v1", "secrets", client);
    JsonObject raw = client.getJSON().getGson().fromJson(
        "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\",\"namespace\":\"" + NAMESPACE
            + "\"},\"stringData\":{\"a\":\"b\"}}", JsonObject.class);
    var made = secrets.create(new io.kubernetes.client.util.generic.dynamic.DynamicKubernetesObject(raw));
    expect(made.isSuccess(), String.valueOf(made.getStatus()));
    equal(secrets.get(NAMESPACE, "s").getObject().getRaw().getAsJsonObject("data").get("a").getAsString(), "Yg==", "data");
    equal(secrets.list(NAMESPACE).getObject().getItems().size(), 1, "listed");
    expect(secrets.delete(NAMESPACE, "s").isSuccess(), "not deleted");
  }
}
