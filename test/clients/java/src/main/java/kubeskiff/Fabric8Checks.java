package kubeskiff;

import static kubeskiff.Checks.check;
import static kubeskiff.Checks.equal;
import static kubeskiff.Checks.expect;
import static kubeskiff.Checks.until;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** fabric8's client: typed and generic verbs, watches, informers, patches, server-side apply, leader election. */
final class Fabric8Checks {
  private static final String NAMESPACE = "fabric8";

  private Fabric8Checks() {}

  static void run() throws Exception {
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      check("fabric8: version and discovery", () -> {
        equal(client.getKubernetesVersion().getMinor(), "36", "minor version");
        expect(client.hasApiGroup("apps", true), "no group apps");
        expect(client.supports(Deployment.class), "no deployments");
      });
      client.namespaces().resource(namespace()).create();
      check("fabric8: verbs of config maps", () -> configMaps(client));
      check("fabric8: a watch", () -> watch(client));
      check("fabric8: an informer", () -> informer(client));
      check("fabric8: patches and scale", () -> patches(client));
      check("fabric8: server-side apply", () -> apply(client));
      check("fabric8: errors", () -> errors(client));
      check("fabric8: a custom resource", () -> customResource(client));
      check("fabric8: lists in pieces", () -> pieces(client));
      check("fabric8: leader election", () -> leader(client));
      client.namespaces().withName(NAMESPACE).delete();
    }
  }

  private static io.fabric8.kubernetes.api.model.Namespace namespace() {
    return new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build();
  }

  private static ConfigMap configMap(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata().withName(name).withNamespace(NAMESPACE).addToLabels("app", "a").endMetadata()
        .withData(data)
        .build();
  }

  private static Deployment deployment(String image) {
    return new DeploymentBuilder()
        .withNewMetadata().withName("web").withNamespace(NAMESPACE).endMetadata()
        .withNewSpec()
        .withReplicas(1)
        .withNewSelector().addToMatchLabels("app", "web").endSelector()
        .withNewTemplate()
        .withNewMetadata().addToLabels("app", "web").endMetadata()
        .withNewSpec().addNewContainer().withName("main").withImage(image).endContainer().endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static void configMaps(KubernetesClient client) {
    ConfigMap made = client.configMaps().resource(configMap("one", Map.of("a", "1"))).create();
    expect(made.getMetadata().getUid() != null, "no uid");
    ConfigMap edited = client.configMaps().inNamespace(NAMESPACE).withName("one")
        .edit(old -> new ConfigMapBuilder(old).addToData("b", "2").build());
    equal(edited.getData(), Map.of("a", "1", "b", "2"), "data after edit");
    equal(client.configMaps().inNamespace(NAMESPACE).withLabel("app", "a").list().getItems().size(), 1, "listed");
    equal(client.configMaps().inNamespace(NAMESPACE).withLabel("app", "b").list().getItems().size(), 0, "listed");
    List<StatusDetails> gone = client.configMaps().inNamespace(NAMESPACE).withName("one").delete();
    equal(gone.size(), 1, "deleted");
    expect(client.configMaps().inNamespace(NAMESPACE).withName("one").get() == null, "it is still there");
  }

  private static void watch(KubernetesClient client) throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    Watcher<ConfigMap> watcher = new Watcher<>() {
      @Override
      public void eventReceived(Action action, ConfigMap object) {
        if (object.getMetadata().getName().equals("watched")) seen.add(action.name());
      }

      @Override
      public void onClose(WatcherException cause) {}
    };
    try (var watch = client.configMaps().inNamespace(NAMESPACE).watch(watcher)) {
      client.configMaps().resource(configMap("watched", Map.of())).create();
      client.configMaps().inNamespace(NAMESPACE).withName("watched")
          .edit(old -> new ConfigMapBuilder(old).addToData("x", "y").build());
      client.configMaps().inNamespace(NAMESPACE).withName("watched").delete();
      until("three events came", () -> seen.size() == 3);
      equal(List.copyOf(seen), List.of("ADDED", "MODIFIED", "DELETED"), "events");
    }
  }

  private static void informer(KubernetesClient client) throws Exception {
    Set<String> names = ConcurrentHashMap.newKeySet();
    ResourceEventHandler<ConfigMap> handler = new ResourceEventHandler<>() {
      @Override
      public void onAdd(ConfigMap object) {
        names.add(object.getMetadata().getName());
      }

      @Override
      public void onUpdate(ConfigMap before, ConfigMap after) {}

      @Override
      public void onDelete(ConfigMap object, boolean unknown) {
        names.remove(object.getMetadata().getName());
      }
    };
    client.configMaps().resource(configMap("before", Map.of())).create();
    try (SharedIndexInformer<ConfigMap> informer =
        client.configMaps().inNamespace(NAMESPACE).withLabel("app", "a").inform(handler)) {
      until("the first came", () -> names.contains("before"));
      for (int i = 0; i < 50; i++) client.configMaps().resource(configMap("many-" + i, Map.of())).create();
      until("all came", () -> names.size() == 51);
      equal(informer.getStore().list().size(), 51, "stored");
      client.configMaps().inNamespace(NAMESPACE).withLabel("app", "a").delete();
      until("all went", names::isEmpty);
    }
  }

  private static void patches(KubernetesClient client) {
    Deployment made = client.apps().deployments().resource(deployment("nginx:1")).create();
    equal(made.getSpec().getStrategy().getRollingUpdate().getMaxSurge().getStrVal(), "25%", "default");
    var web = client.apps().deployments().inNamespace(NAMESPACE).withName("web");
    web.patch(PatchContext.of(PatchType.STRATEGIC_MERGE),
        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"busybox\"}]}}}}");
    web.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"merged\":\"yes\"}}}");
    web.patch(PatchContext.of(PatchType.JSON),
        "[{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{\"added\":\"yes\"}}]");
    Deployment now = web.get();
    equal(now.getSpec().getTemplate().getSpec().getContainers().size(), 2, "containers");
    equal(now.getMetadata().getLabels(), Map.of("merged", "yes"), "labels");
    equal(now.getMetadata().getAnnotations().get("added"), "yes", "annotation");
    web.scale(3);
    equal(web.get().getSpec().getReplicas(), 3, "replicas");
    web.delete();
  }

  private static void apply(KubernetesClient client) {
    Deployment first = client.resource(deployment("nginx:1")).fieldManager("java").serverSideApply();
    equal(first.getMetadata().getManagedFields().get(0).getOperation(), "Apply", "operation");
    try {
      client.resource(deployment("nginx:2")).fieldManager("other").serverSideApply();
      throw new IllegalStateException("no conflict");
    } catch (KubernetesClientException conflict) {
      equal(conflict.getCode(), 409, "code");
      expect(conflict.getMessage().contains("conflict with \"java\""), conflict.getMessage());
    }
    Deployment forced = client.resource(deployment("nginx:2")).fieldManager("other").forceConflicts().serverSideApply();
    equal(forced.getSpec().getTemplate().getSpec().getContainers().get(0).getImage(), "nginx:2", "image");
    client.resource(forced).delete();
  }

  private static void errors(KubernetesClient client) {
    try {
      client.configMaps().resource(configMap("Wrong_Name", Map.of())).create();
      throw new IllegalStateException("a wrong name was taken");
    } catch (KubernetesClientException invalid) {
      equal(invalid.getCode(), 422, "code");
      equal(invalid.getStatus().getReason(), "Invalid", "reason");
      equal(invalid.getStatus().getDetails().getCauses().get(0).getField(), "metadata.name", "field");
    }
  }

  private static void customResource(KubernetesClient client) throws Exception {
    String text = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: boats.java.example.com}
        spec:
          group: java.example.com
          scope: Namespaced
          names: {plural: boats, singular: boat, kind: Boat, listKind: BoatList}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties: {sails: {type: integer, default: 2, minimum: 1}}
                  status: {type: object, x-kubernetes-preserve-unknown-fields: true}
        """;
    CustomResourceDefinition definition =
        client.apiextensions().v1().customResourceDefinitions().load(new java.io.ByteArrayInputStream(text.getBytes())).create();
    client.apiextensions().v1().customResourceDefinitions().withName("boats.java.example.com")
        .waitUntilCondition(d -> d != null && d.getStatus() != null && d.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True")), 10, TimeUnit.SECONDS);
    ResourceDefinitionContext context = CustomResourceDefinitionContext.fromCrd(definition);
    var boats = client.genericKubernetesResources(context).inNamespace(NAMESPACE);
    GenericKubernetesResource boat = new GenericKubernetesResource();
    boat.setApiVersion("java.example.com/v1");
    boat.setKind("Boat");
    boat.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder().withName("b").withNamespace(NAMESPACE).build());
    boat.setAdditionalProperties(new java.util.LinkedHashMap<>(Map.of("spec", new java.util.LinkedHashMap<>())));
    GenericKubernetesResource made = boats.resource(boat).create();
    equal(((Number) made.get("spec", "sails")).intValue(), 2, "default");
    made.setAdditionalProperty("status", Map.of("afloat", true));
    equal(boats.resource(made).updateStatus().get("status", "afloat"), true, "status");
    boats.withName("b").delete();
    client.resource(definition).delete();
  }

  private static void pieces(KubernetesClient client) {
    for (int i = 0; i < 7; i++) client.configMaps().resource(configMap("piece-" + i, Map.of())).create();
    var all = client.configMaps().inNamespace(NAMESPACE).withLabel("app", "a");
    var first = all.list(new ListOptionsBuilder().withLimit(3L).build());
    equal(first.getItems().size(), 3, "first piece");
    var second = all.list(new ListOptionsBuilder().withLimit(3L).withContinue(first.getMetadata().getContinue()).build());
    var third = all.list(new ListOptionsBuilder().withLimit(3L).withContinue(second.getMetadata().getContinue()).build());
    equal(third.getItems().size(), 1, "last piece");
    equal(third.getMetadata().getResourceVersion(), first.getMetadata().getResourceVersion(), "moment");
  }

  private static void leader(KubernetesClient client) throws Exception {
    AtomicBoolean leads = new AtomicBoolean();
    AtomicBoolean stopped = new AtomicBoolean();
    var config = new LeaderElectionConfigBuilder()
        .withName("java")
        .withLock(new LeaseLock(NAMESPACE, "leader", "one"))
        .withLeaseDuration(Duration.ofSeconds(15))
        .withRenewDeadline(Duration.ofSeconds(10))
        .withRetryPeriod(Duration.ofMillis(200))
        .withReleaseOnCancel(true)
        .withLeaderCallbacks(new LeaderCallbacks(() -> leads.set(true), () -> stopped.set(true), id -> {}))
        .build();
    var future = client.leaderElector().withConfig(config).build().start();
    until("it leads", leads::get);
    equal(client.leases().inNamespace(NAMESPACE).withName("leader").get().getSpec().getHolderIdentity(), "one", "holder");
    future.cancel(true);
    until("it gave up", stopped::get);
  }
}
