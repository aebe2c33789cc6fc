// Package testing starts what Kubernetes' integration tests are run against: an API server of kubeskiff, fresh for every test,
// from the program whose address KUBESKIFF_SERVERS has (see ../../servers.ts), under the flags that upstream's would be started
// with. It stands in the place of upstream's cmd/kube-apiserver/app/testing and has its signatures.
package testing

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	clientv3 "go.etcd.io/etcd/client/v3"

	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storageversion"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	restclient "k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// TearDownFunc ends a server.
type TearDownFunc func()

// Logger is what a test has to log with.
type Logger interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Cleanup(func())
}

// ProxyCA is an authority for requests of proxies.
type ProxyCA struct {
	ProxySigningCert *x509.Certificate
	ProxySigningKey  *rsa.PrivateKey
}

// TestServerInstanceOptions is what a test may choose beside flags.
type TestServerInstanceOptions struct {
	SkipHealthzCheck       bool
	EnableCertAuth         bool
	StorageVersionWrapFunc func(storageversion.Manager) storageversion.Manager
	ProxyCA                *ProxyCA
	BinaryVersion          string
	RequestTimeout         time.Duration
}

// TestServer is a server that runs.
type TestServer struct {
	ClientConfig      *restclient.Config
	ServerOpts        *options.ServerRunOptions
	TearDownFn        TearDownFunc
	TmpDir            string
	EtcdClient        *clientv3.Client
	EtcdStoragePrefix string
}

// NewDefaultTestServerOptions are the choices of tests that make none.
func NewDefaultTestServerOptions() *TestServerInstanceOptions {
	return &TestServerInstanceOptions{EnableCertAuth: true}
}

// What servers.ts answers to a start.
type startedServer struct {
	ID        string `json:"id"`
	URL       string `json:"url"`
	Authority string `json:"authority"`
}

const adminToken = "integration-admin-token"

// Feature gates as they are before any test has set one.
var defaultGates = enabledGates()

var defaultEmulation = utilfeature.DefaultMutableFeatureGate.EmulationVersion().String()

func enabledGates() map[string]bool {
	gates := map[string]bool{}
	for name := range utilfeature.DefaultMutableFeatureGate.GetAll() {
		gates[string(name)] = utilfeature.DefaultFeatureGate.Enabled(name)
	}
	return gates
}

// ask sends a request to servers.ts and decodes its answer.
func ask(method, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, os.Getenv("KUBESKIFF_SERVERS")+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s", answer)
	}
	return json.Unmarshal(answer, into)
}

// valuesOf are the values of a flag that may be given several times, and the flags without it.
func valuesOf(flags []string, name string) (values, rest []string) {
	for i := 0; i < len(flags); i++ {
		if flags[i] == "--"+name && i+1 < len(flags) {
			i++
			values = append(values, flags[i])
		} else if value, found := strings.CutPrefix(flags[i], "--"+name+"="); found {
			values = append(values, value)
		} else {
			rest = append(rest, flags[i])
		}
	}
	return values, rest
}

// skipWithout skips a test which asks for what is not there.
func skipWithout(t testing.TB, instance *TestServerInstanceOptions, flags []string) {
	if emulated, _ := valuesOf(flags, "emulated-version"); len(emulated) > 0 || instance.BinaryVersion != "" {
		t.Skip("without: emulated versions")
	}
	if utilfeature.DefaultMutableFeatureGate.EmulationVersion().String() != defaultEmulation {
		t.Skip("without: emulated versions")
	}
	if instance.StorageVersionWrapFunc != nil {
		t.Skip("without: functions inside the server")
	}
	if strings.Contains(strings.Join(flags, " "), "CBORServingAndStorage=true") {
		t.Skip("without: CBORServingAndStorage, which is alpha")
	}
}

// withGates adds to the flags the gates that a test has set in its process.
func withGates(flags []string) []string {
	given, rest := valuesOf(flags, "feature-gates")
	var chosen []string
	for name, enabled := range enabledGates() {
		if defaultGates[name] != enabled {
			chosen = append(chosen, fmt.Sprintf("%s=%v", name, enabled))
		}
	}
	if chosen = append(chosen, given...); len(chosen) > 0 {
		rest = append(rest, "--feature-gates="+strings.Join(chosen, ","))
	}
	return rest
}

// withAdmin adds the administrator's token to those of the flags.
func withAdmin(flags []string, folder string) ([]string, error) {
	files, rest := valuesOf(flags, "token-auth-file")
	tokens := adminToken + `,system:apiserver,loopback,"system:masters"` + "\n"
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		tokens += string(text)
	}
	path := filepath.Join(folder, "tokens.csv")
	return append(rest, "--token-auth-file="+path), os.WriteFile(path, []byte(tokens), 0o600)
}

// withFolder makes paths absolute: the server runs in another folder.
func withFolder(flags []string) []string {
	var absolute []string
	for _, flag := range flags {
		name, value, _ := strings.Cut(flag, "=")
		if path, err := filepath.Abs(value); err == nil && value != "" && strings.HasSuffix(name, "-file") {
			flag = name + "=" + path
		}
		absolute = append(absolute, flag)
	}
	return absolute
}

// GetEtcdClients has no clients: there is no etcd.
func GetEtcdClients(storagebackend.TransportConfig) (*clientv3.Client, clientv3.KV, error) {
	return nil, nil, errNoEtcd
}

// StartTestServerOrDie starts a server, and fails the test where it cannot.
func StartTestServerOrDie(t testing.TB, instance *TestServerInstanceOptions, flags []string, storage *storagebackend.Config) *TestServer {
	t.Helper()
	server, err := StartTestServer(t, instance, flags, storage)
	if err != nil {
		t.Fatalf("failed to launch server: %v", err)
	}
	return &server
}

// StartTestServer starts a server.
func StartTestServer(t testing.TB, instance *TestServerInstanceOptions, flags []string, storage *storagebackend.Config) (TestServer, error) {
	if instance == nil {
		instance = NewDefaultTestServerOptions()
	}
	flags = withGates(flags)
	skipWithout(t, instance, flags)
	folder, err := os.MkdirTemp("", "kubeskiff-integration")
	if err != nil {
		return TestServer{}, err
	}
	chosen := options.NewServerRunOptions()
	if err := parse(chosen, flags); err != nil {
		return TestServer{}, err
	}
	given, err := withAdmin(withFolder(flags), folder)
	if err != nil {
		return TestServer{}, err
	}
	defaults := []string{
		"--bind-address=127.0.0.1",
		"--secure-port=0",
		"--service-cluster-ip-range=10.0.0.0/16",
		"--service-account-issuer=https://foo.bar.example.com",
	}
	asked := map[string]any{"flags": append(defaults, given...)}
	if storage != nil {
		asked["store"] = storage.Prefix
	}
	var server startedServer
	if err := ask(http.MethodPost, "/servers", asked, &server); err != nil {
		os.RemoveAll(folder)
		if strings.Contains(err.Error(), "unrecognized feature gate") {
			t.Skipf("without: %v", err)
		}
		return TestServer{}, err
	}
	authority := filepath.Join(folder, "apiserver.crt")
	if err := os.WriteFile(authority, []byte(server.Authority), 0o600); err != nil {
		return TestServer{}, err
	}
	chosen.SecureServing.ServerCert.CertKey.CertFile = authority
	ended := false
	return TestServer{
		ClientConfig: &restclient.Config{
			Host:            server.URL,
			BearerToken:     adminToken,
			QPS:             1000,
			Burst:           10000,
			TLSClientConfig: restclient.TLSClientConfig{CAFile: authority},
		},
		ServerOpts:        chosen,
		TmpDir:            folder,
		EtcdClient:        &clientv3.Client{KV: store{server: server.ID}},
		EtcdStoragePrefix: "registry",
		TearDownFn: func() {
			if ended {
				return
			}
			ended = true
			if err := ask(http.MethodDelete, "/servers/"+server.ID, nil, &struct{}{}); err != nil {
				t.Errorf("the server's end: %v", err)
			}
			os.RemoveAll(folder)
		},
	}, nil
}

func flagSet(of *options.ServerRunOptions) *pflag.FlagSet {
	all := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	named := of.Flags()
	for _, set := range named.FlagSets {
		all.AddFlagSet(set)
	}
	return all
}

func parse(into *options.ServerRunOptions, flags []string) error {
	_, rest := valuesOf(flags, "feature-gates")
	return flagSet(into).Parse(rest)
}

// FlagsOf are the flags that make one of these options the other.
func FlagsOf(before, after *options.ServerRunOptions) []string {
	was := flagSet(before)
	var flags []string
	flagSet(after).VisitAll(func(flag *pflag.Flag) {
		value := flag.Value.String()
		if old := was.Lookup(flag.Name); old == nil || old.Value.String() == value {
			return
		}
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			value = strings.Join(list.GetSlice(), ",")
		} else if strings.HasPrefix(value, "[") && reflect.TypeOf(flag.Value).Elem().Kind() != reflect.String {
			value = strings.Trim(value, "[]")
		}
		flags = append(flags, "--"+flag.Name+"="+value)
	})
	return flags
}
