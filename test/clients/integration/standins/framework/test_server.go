package framework

import (
	"context"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	client "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	"k8s.io/kubernetes/pkg/controlplane"
	controlplaneapiserver "k8s.io/kubernetes/pkg/controlplane/apiserver"

	genericapiserver "k8s.io/apiserver/pkg/server"

	apiservertesting "kubeskiff-integration/standins/apiserver"
)

// TestServerSetup is what a test may change of a server before it starts.
type TestServerSetup struct {
	ModifyServerRunOptions func(*options.ServerRunOptions)
	ModifyServerConfig     func(*controlplane.Config)
}

// TearDownFunc ends a server.
type TearDownFunc func()

// newOptions are upstream's, but for paths.
func newOptions() *options.ServerRunOptions {
	chosen := options.NewServerRunOptions()
	chosen.Authentication.APIAudiences = []string{"https://foo.bar.example.com"}
	chosen.Authentication.ServiceAccounts.Issuers = []string{"https://foo.bar.example.com"}
	chosen.Authorization.Modes = []string{"Node", "RBAC"}
	chosen.ServiceClusterIPRanges = "10.0.0.0/24"
	return chosen
}

// runtimeConfig says which of the API is served other than by default.
func runtimeConfig(source serverstorage.APIResourceConfigSource) string {
	chosen, ok := source.(*serverstorage.ResourceConfig)
	if !ok {
		return ""
	}
	defaults := controlplane.DefaultAPIResourceConfigSource()
	var changed []string
	for version, enabled := range chosen.GroupVersionConfigs {
		if enabled && !defaults.GroupVersionConfigs[version] {
			changed = append(changed, version.String()+"=true")
		}
	}
	for resource, enabled := range chosen.ResourceConfigs {
		if enabled && !defaults.ResourceConfigs[resource] {
			version := schema.GroupVersion{Group: resource.Group, Version: resource.Version}
			changed = append(changed, version.String()+"/"+resource.Resource+"=true")
		}
	}
	slices.Sort(changed)
	return strings.Join(changed, ",")
}

// flagsOfConfig are the flags for what a test changes inside the server; tests that put functions there are skipped.
func flagsOfConfig(t testing.TB, modify func(*controlplane.Config)) []string {
	if modify == nil {
		return nil
	}
	config := &controlplane.Config{}
	config.ControlPlane = controlplaneapiserver.Config{Generic: &genericapiserver.Config{LoopbackClientConfig: &rest.Config{}}}
	modify(config)
	generic := config.ControlPlane.Generic
	inside := generic.Authentication.Authenticator != nil || generic.Authorization.Authorizer != nil ||
		generic.AdmissionControl != nil || generic.RequestInfoResolver != nil || generic.AuditBackend != nil
	if inside {
		t.Skip("without: functions inside the server")
	}
	if chosen := runtimeConfig(config.ControlPlane.Extra.APIResourceConfigSource); chosen != "" {
		return []string{"--runtime-config=" + chosen}
	}
	return nil
}

// StartTestServer starts an API server of kubeskiff.
func StartTestServer(_ context.Context, t testing.TB, setup TestServerSetup) (client.Interface, *rest.Config, TearDownFunc) {
	t.Helper()
	chosen := newOptions()
	if setup.ModifyServerRunOptions != nil {
		setup.ModifyServerRunOptions(chosen)
	}
	flags := append(apiservertesting.FlagsOf(options.NewServerRunOptions(), chosen), flagsOfConfig(t, setup.ModifyServerConfig)...)
	server := apiservertesting.StartTestServerOrDie(t, nil, flags, nil)
	return client.NewForConfigOrDie(server.ClientConfig), server.ClientConfig, TearDownFunc(server.TearDownFn)
}
