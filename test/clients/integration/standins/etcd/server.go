package etcd

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// APIServer is a server that runs.
type APIServer struct {
	Client    clientset.Interface
	Dynamic   dynamic.Interface
	Config    *rest.Config
	KV        clientv3.KV
	Mapper    meta.RESTMapper
	Resources []Resource
	Cleanup   func()
}

// Resource is one that can be created and read.
type Resource struct {
	Mapping             *meta.RESTMapping
	HasDeleteCollection bool
}

// StartRealAPIServerOrDie has tests of storage skipped: they look into etcd.
func StartRealAPIServerOrDie(t *testing.T, _ ...func(*options.ServerRunOptions)) *APIServer {
	t.Skip("without: etcd")
	return nil
}

func scopeOf(namespaced bool) meta.RESTScope {
	if namespaced {
		return meta.RESTScopeNamespace
	}
	return meta.RESTScopeRoot
}

// GetResources are the resources of discovery that can be created and read.
func GetResources(t *testing.T, lists []*metav1.APIResourceList) []Resource {
	var resources []Resource
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range list.APIResources {
			verbs := found.Verbs
			if strings.Contains(found.Name, "/") || !slices.Contains(verbs, "create") || !slices.Contains(verbs, "get") {
				continue
			}
			kind := version.WithKind(found.Kind)
			if found.Group != "" || found.Version != "" {
				kind = schema.GroupVersionKind{Group: found.Group, Version: found.Version, Kind: found.Kind}
			}
			resources = append(resources, Resource{
				Mapping: &meta.RESTMapping{
					Resource:         version.WithResource(found.Name),
					GroupVersionKind: kind,
					Scope:            scopeOf(found.Namespaced),
				},
				HasDeleteCollection: slices.Contains(verbs, "deletecollection"),
			})
		}
	}
	return resources
}

// JSONToUnstructured makes an object of a text, with the kind of its resource.
func JSONToUnstructured(text, namespace string, mapping *meta.RESTMapping, client dynamic.Interface) (dynamic.ResourceInterface, *unstructured.Unstructured, error) {
	object := map[string]any{}
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return nil, nil, err
	}
	made := &unstructured.Unstructured{Object: object}
	made.SetGroupVersionKind(mapping.GroupVersionKind)
	if mapping.Scope == meta.RESTScopeRoot {
		namespace = ""
	}
	return client.Resource(mapping.Resource).Namespace(namespace), made, nil
}

// CrdExistsInDiscovery says whether all served versions of a definition are there.
func CrdExistsInDiscovery(client apiextensions.Interface, definition *apiextensionsv1.CustomResourceDefinition) bool {
	for _, version := range definition.Spec.Versions {
		if !version.Served {
			continue
		}
		list, err := client.Discovery().ServerResourcesForGroupVersion(definition.Spec.Group + "/" + version.Name)
		if err != nil {
			return false
		}
		named := func(found metav1.APIResource) bool { return found.Name == definition.Spec.Names.Plural }
		if !slices.ContainsFunc(list.APIResources, named) {
			return false
		}
	}
	return true
}

func isEstablished(client apiextensions.Interface, name string) bool {
	found, err := client.ApiextensionsV1().CustomResourceDefinitions().Get(context.TODO(), name, metav1.GetOptions{})
	return err == nil && slices.ContainsFunc(found.Status.Conditions, func(condition apiextensionsv1.CustomResourceDefinitionCondition) bool {
		return condition.Type == apiextensionsv1.Established && condition.Status == apiextensionsv1.ConditionTrue
	})
}

// CreateTestCRDs creates definitions and waits until they are served, or only established.
func CreateTestCRDs(t *testing.T, client apiextensions.Interface, onlyEstablished bool, definitions ...*apiextensionsv1.CustomResourceDefinition) {
	for _, definition := range definitions {
		_, err := client.ApiextensionsV1().CustomResourceDefinitions().Create(context.TODO(), definition, metav1.CreateOptions{})
		if err != nil {
			t.Fatalf("%s: %v", definition.Name, err)
		}
		ready := func(context.Context) (bool, error) {
			if onlyEstablished {
				return isEstablished(client, definition.Name), nil
			}
			return CrdExistsInDiscovery(client, definition), nil
		}
		if err := wait.PollUntilContextTimeout(context.TODO(), 20*time.Millisecond, 30*time.Second, true, ready); err != nil {
			t.Fatalf("%s is not served: %v", definition.Name, err)
		}
	}
}
